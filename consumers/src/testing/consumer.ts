import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Registry } from './registry.js'

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** The outputs of the stacks, by stack. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>

/** An empty folder outside every workspace, for installations of the packed packages as from npm. */
export class Consumer {
  readonly folder: string
  readonly #children = new Set<ChildProcess>()

  constructor(registry: Registry) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'consumer-')))
    this.write('.npmrc', `${registry.npmrc}fund=false\naudit=false\nupdate-notifier=false\nprefer-offline=true\n`)
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true })
    writeFileSync(join(this.folder, path), content)
  }

  /** `npm install` with further arguments. @throws Error with the output of npm */
  async install(...words: string[]): Promise<void> {
    await this.expect('npm', 'install', '--loglevel=error', ...words)
  }

  /** @throws Error with the whole output, if the exit code is not 0 */
  async expect(command: string, ...words: string[]): Promise<Outcome> {
    const outcome = await this.run(command, ...words)
    if (outcome.code === 0) return outcome
    throw new Error(`${command} ${words.join(' ')} ended with ${outcome.code}\n${outcome.stdout}\n${outcome.stderr}`)
  }

  run(command: string, ...words: string[]): Promise<Outcome> {
    const child = this.start(command, ...words)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => resolve({ code, stdout, stderr }))
    })
  }

  /** Runs a command in the folder, with an environment without any variable of this repository. */
  start(command: string, ...words: string[]): ChildProcess {
    const { PATH, HOME, LANG } = process.env
    const child = spawn(command, words, {
      cwd: this.folder,
      env: { PATH, HOME, LANG, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#children.add(child)
    child.once('close', () => this.#children.delete(child))
    return child
  }

  /** Variables of the folder's shell, besides PATH and HOME. */
  env: Readonly<Record<string, string>> = {}

  /** Starts `npx local-aws`. Resolves with its outputs after its deployment. */
  standIn(...words: string[]): Promise<Outputs> {
    return this.standInBy('npx local-aws', ...words)
  }

  async standInBy(command: string, ...words: string[]): Promise<Outputs> {
    const [program = '', ...first] = command.split(' ')
    const child = this.start(program, ...first, '--port', '0', '--json', ...words)
    let seen = ''
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text
    })
    return new Promise((resolve, reject) => {
      child.once('close', (code) => reject(new Error(`local-aws ended with ${code}: ${errors}`)))
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        seen += text
        const line = seen.split('\n').find((each) => each.includes('"event":"started"') && each.endsWith('}'))
        if (line !== undefined) resolve(JSON.parse(line).outputs)
      })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = [...this.#children].map((child) => new Promise((resolve) => child.once('close', resolve)))
    // The whole process group, because npx runs the program as a child.
    for (const { pid } of this.#children) if (pid !== undefined) process.kill(-pid, 'SIGINT')
    await Promise.all(ended)
    rmSync(this.folder, { recursive: true, force: true })
  }
}
