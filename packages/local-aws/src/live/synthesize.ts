import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { isRecord, parseJson } from '@topic-credentials/project'

/** Beside manifest.json: the settings with which the app can be synthesized again. */
const settingsFile = 'settings.json'
/** Printed lines of an app's error output. */
const shownLines = 3

/**
 * Runs the project's app, as the CDK's command line would.
 *
 * @param settings context in addition to that of cdk.json
 * @param folder the assembly's folder, which deployed functions keep reading
 * @throws Error with the app's error output
 */
export async function synthesize(root: string, settings: object | undefined, folder: string): Promise<void> {
  const { app, context = {} } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as {
    app?: string
    context?: object
  }
  if (typeof app !== 'string') throw new Error("cdk.json has no 'app'")
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
  const output = await text(child.stderr)
  if ((await ended) !== 0) throw new Error(output.trim().split('\n').slice(0, shownLines).join('\n'))
}

/** The settings with which an assembly was synthesized; undefined if its app does not write them. */
export async function settingsOf(assembly: string): Promise<object | undefined> {
  const settings = parseJson(await readFile(join(assembly, settingsFile), 'utf8').catch(() => ''))
  return isRecord(settings) ? settings : undefined
}
