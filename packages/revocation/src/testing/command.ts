import { type ChildProcess, execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { announce, type LocalAws, type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'

/** The result of a command. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Folder of the user's shell. Default: the project's. */
  readonly folder?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  readonly started?: (child: ChildProcess) => void
}

/** For tests: runs an operator's commands as processes in a temporary project with a running stand-in. */
export interface CommandProject extends AsyncDisposable {
  readonly aws: LocalAws
  readonly folder: string
  run(command: 'revoke' | 'access', words: readonly string[], options?: RunOptions): Promise<Ended>
}

const programs = { revoke: '../cli/main.js', access: '../cli/access.js' }
const assembly = fileURLToPath(new URL('../../../../cdk.out', import.meta.url))

export async function openProject(options: LocalAwsOptions = {}): Promise<CommandProject> {
  const folder = mkdtempSync(join(tmpdir(), 'revocation-'))
  writeFileSync(join(folder, 'cdk.json'), '{}')
  const aws = await startLocalAws({ assembly, ...options })
  const { remove } = await announce(aws, { directory: folder })
  return {
    aws,
    folder,
    run(command, words, { folder: shell = folder, env = {}, input = '', started = () => {} } = {}) {
      const program = fileURLToPath(new URL(programs[command], import.meta.url))
      const variables = { PATH: process.env.PATH, INIT_CWD: shell, NODE_NO_WARNINGS: '1', ...env }
      return new Promise((resolve) => {
        const child = execFile(
          process.execPath,
          [program, ...words],
          { env: variables, maxBuffer: 2 ** 26 },
          (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
        )
        child.stdin?.end(input)
        started(child)
      })
    },
    async [Symbol.asyncDispose]() {
      await remove()
      await aws.close()
      rmSync(folder, { recursive: true })
    },
  }
}
