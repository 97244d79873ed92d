import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { projectRoot } from '@topic-credentials/project'

const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string[]
  readonly err: string
}

/** A separate project with the synthesized stack and no deployment, in which the command line runs. */
export class Project implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'project-'))
  /** Added to the environment of each command. */
  env: NodeJS.ProcessEnv = {}
  readonly #running: ChildProcessWithoutNullStreams[] = []

  constructor() {
    writeFileSync(join(this.folder, 'cdk.json'), '{}')
    symlinkSync(join(projectRoot(process.cwd()), 'cdk.out'), join(this.folder, 'cdk.out'))
  }

  start(...words: string[]): ChildProcessWithoutNullStreams {
    const { NODE_OPTIONS: _, ...env } = process.env
    const child = spawn(process.execPath, [main, ...words], { env: { ...env, INIT_CWD: this.folder, ...this.env } })
    this.#running.push(child)
    return child
  }

  async run(...words: string[]): Promise<Ended> {
    return ended(this.start(...words))
  }

  /** Runs with this on standard input. */
  async fed(input: string | Uint8Array, ...words: string[]): Promise<Ended> {
    const child = this.start(...words)
    child.stdin.end(input)
    return ended(child)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#running.filter(({ exitCode }) => exitCode === null)) {
      const exit = once(child, 'exit')
      child.kill('SIGKILL')
      await exit
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    err += String(chunk)
  })
  const [code] = await once(child, 'close')
  return { code: code as number | null, out: out.split('\n').slice(0, -1), err }
}

/** Waits until the child has printed the line. */
export async function printed(child: ChildProcessWithoutNullStreams, line: string): Promise<void> {
  for await (const each of createInterface({ input: child.stdout })) if (each === line) return
  throw new Error(`ended without printing: ${line}`)
}
