import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/** Lines of an app's complaint that a person is shown. */
const shownLines = 3

/**
 * Runs the project's app, as the CDK's command line would, with the settings that an assembly was made with, as far as it tells them.
 *
 * @param folder where the assembly is written; functions go on reading it
 * @throws Error with what the app said
 */
export async function synthesize(root: string, like: string, folder: string): Promise<void> {
  const { app, context = {} } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as {
    app?: string
    context?: object
  }
  if (typeof app !== 'string') throw new Error('cdk.json names no app')
  const settings = { ...context, ...(await settingsOf(like)) }
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(settings),
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

/** Of `scripts/setup.js`: what it synthesized this assembly with. */
async function settingsOf(assembly: string): Promise<object> {
  const file = await readFile(`${assembly}.settings.json`, 'utf8').catch(() => '{}')
  return JSON.parse(file) as object
}
