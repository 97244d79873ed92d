import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isRecord, parseJson } from '@topic-credentials/project'

/** Beside manifest.json: an app that writes it can be synthesized again as it was. */
const settingsFile = 'settings.json'
/** Lines of an app's complaint that a person is shown. */
const shownLines = 3

/**
 * Runs the project's app, as the CDK's command line would.
 *
 * @param settings context beside that of cdk.json
 * @param folder where the assembly is written; functions go on reading it
 * @throws Error with what the app said
 */
export async function synthesize(root: string, settings: object | undefined, folder: string): Promise<void> {
  const { app, context = {} } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as {
    app?: string
    context?: object
  }
  if (typeof app !== 'string') throw new Error('cdk.json names no app')
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...settings }),
    CDK_VALIDATION: 'false',
  }
  const child = spawn(app, { cwd: root, env, shell: true, stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const complaint = await text(child.stderr)
  if ((await ended) !== 0) throw new Error(complaint.trim().split('\n').slice(0, shownLines).join('\n'))
}

/** The settings that an assembly was made with, as its app has written them down; undefined where it has not. */
export async function settingsOf(assembly: string): Promise<object | undefined> {
  const settings = parseJson(await readFile(join(assembly, settingsFile), 'utf8').catch(() => ''))
  return isRecord(settings) ? settings : undefined
}
