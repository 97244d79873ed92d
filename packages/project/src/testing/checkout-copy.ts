import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, relative } from 'node:path'
import { checkout } from './page-commands.js'

/** Folders that are not copied: installed tools of other tests, deployed stacks, generated files. */
const left = ['.git', '.local-aws', '.release', 'cdk.out', 'cdk-outputs.json', 'consumers/node_modules', 'bench/peers']

/** A compiled copy of this checkout with its own home folder, in which commands run as in a shell. */
export class CheckoutCopy {
  readonly folder: string
  readonly #home: string
  readonly #running: { readonly child: ChildProcess; readonly ended: Promise<unknown> }[] = []
  #exports = ''

  constructor() {
    const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'pages-')))
    this.folder = join(scratch, 'topic-credentials')
    this.#home = join(scratch, 'home')
    mkdirSync(this.#home)
    cpSync(checkout, this.folder, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      filter: (path) => {
        const inside = relative(checkout, path)
        return inside !== 'node_modules' && !left.includes(inside) && !inside.includes('browser/node_modules')
      },
    })
    this.#linkPackages()
  }

  write(path: string, content: string): void {
    writeFileSync(join(this.folder, path), content)
  }

  /** Runs a command until it ends. */
  async run(command: string): Promise<{ readonly code: number | null; readonly output: string }> {
    const { child, output } = this.#start(command)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, output: output() }
  }

  /** Starts a command that runs until it is interrupted. Resolves when it has printed this text. */
  async begin(command: string, ready: RegExp): Promise<void> {
    const { child, output } = this.#start(command)
    const ended = new Promise((resolve) => child.once('close', resolve))
    this.#running.push({ child, ended })
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', () => ready.test(output()) && resolve())
      child.stderr?.on('data', () => ready.test(output()) && resolve())
      child.once('close', (code) => reject(new Error(`${command} ended with ${code}\n${output()}`)))
    })
  }

  /** Interrupts the started commands, as Ctrl-C does. */
  async interrupt(): Promise<void> {
    const alive = this.#running.filter(({ child }) => child.exitCode === null && child.signalCode === null)
    for (const { child } of alive) if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
    await Promise.all(this.#running.map(({ ended }) => ended))
    this.#running.length = 0
  }

  /** Later commands run in a shell that has evaluated the output of this command. */
  evaluate(exports: string): void {
    this.#exports = `${exports}\n`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.interrupt()
    rmSync(join(this.folder, '..'), { recursive: true, force: true })
  }

  #start(command: string): { readonly child: ChildProcess; readonly output: () => string } {
    const { PATH, LANG } = process.env
    const child = spawn('bash', ['-c', `${this.#exports}${command}`], {
      cwd: this.folder,
      env: {
        PATH,
        LANG,
        HOME: this.#home,
        NODE_NO_WARNINGS: '1',
        CDK_DISABLE_VERSION_CHECK: '1',
        CDK_VALIDATION: 'false',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let seen = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        seen += text
      })
    }
    return { child, output: () => seen }
  }

  /** The installed packages are shared; those of the workspace are the copy's own. */
  #linkPackages(): void {
    const installed = join(checkout, 'node_modules')
    const links = join(this.folder, 'node_modules')
    mkdirSync(links)
    for (const name of readdirSync(installed)) {
      const from = join(installed, name)
      const own = ['@topic-credentials', '.topic-credentials'].includes(basename(name))
      if (own) cpSync(from, join(links, name), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
      if (!own) symlinkSync(from, join(links, name))
    }
  }
}
