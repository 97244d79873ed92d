import { execFile } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectRoot } from '@topic-credentials/project'

/** Synthesizes the stack with these settings, as with `-c NAME=VALUE`. Returns the folder. */
export async function stackWith(settings: Readonly<Record<string, string>>): Promise<string> {
  const root = projectRoot(process.cwd())
  const folder = await mkdtemp(join(tmpdir(), 'stack-'))
  const env = {
    PATH: process.env.PATH,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify(settings),
    CDK_VALIDATION: 'false',
  }
  await promisify(execFile)(process.execPath, [join(root, 'infra/dist/bin/app.js')], { cwd: root, env })
  return folder
}
