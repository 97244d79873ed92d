import { type ChildProcess, fork } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { FunctionConfiguration, InvocationResult, LambdaHost } from './configuration.js'
import { environmentVariables } from './environment-variables.js'
import type { FromFunction, ToFunction } from './protocol.js'

/** Why a process accepts no further calls. */
export type Ending = Pick<Extract<InvocationResult, { outcome: 'failed' }>, 'kind' | 'errorType' | 'errorMessage'>

/** The result of a handler. */
export type Answer = Extract<FromFunction, { type: 'result' | 'error' }>

/** How long the pipes of an exited process may stay open: child processes may hold them. */
const pipesMilliseconds = 500

/**
 * One process of a function, in its own folder, which is removed with it. Accepts one call at a time.
 *
 * A worker thread would share environment, memory and `process.exit` with the stand-in, and code in the checkout would find packages that are
 * not in its bundle. So the process gets a complete environment of its own and a copy of its asset outside of every `node_modules`, with an
 * empty HOME. It exits when its channel to the parent closes. A cold start takes 100 to 150 ms, a warm call 1 to 5 ms.
 */
export class FunctionProcess {
  readonly accessKeyId: string
  /** Resolves when the handler is loaded, or cannot be loaded. */
  readonly ready: Promise<void>
  /** Resolves when the process has exited and all of its output has been read. */
  readonly exited: Promise<void>
  readonly #child: ChildProcess
  readonly #directory: string
  readonly #write: (line: string) => void
  /** Undefined while the process runs. */
  ending: Ending | undefined
  /** Duration of loading; undefined while loading. */
  initMilliseconds: number | undefined
  #requestId: string | undefined
  #settle: (answer: Answer | undefined) => void = () => {}
  #drained: () => void = () => {}

  constructor(
    configuration: FunctionConfiguration,
    host: LambdaHost,
    logStream: string,
    write: (line: string) => void,
  ) {
    const startedAt = performance.now()
    const credentials = host.credentials(configuration)
    this.accessKeyId = credentials.accessKeyId
    this.#write = write
    this.#directory = mkdtempSync(join(tmpdir(), `local-aws-${process.pid}-function-`))
    const directories = { task: join(this.#directory, 'task'), home: join(this.#directory, 'tmp') }
    mkdirSync(directories.home)
    // A copy outside any node_modules, so that a module missing from the bundle is missing here as on Lambda.
    cpSync(configuration.codeDirectory, directories.task, { recursive: true, dereference: true })
    this.#child = fork(fileURLToPath(new URL('./bootstrap.js', import.meta.url)), [], {
      cwd: directories.task,
      env: environmentVariables(configuration, host, credentials, directories, logStream),
      execArgv: [`--max-old-space-size=${configuration.memoryMegabytes}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.exited = this.#watchExit()
    this.ready = this.#watchMessages(startedAt)
    this.#readLines([this.#child.stdout, this.#child.stderr].filter((pipe) => pipe !== null))
  }

  /** Invokes the handler. Undefined if the process exited without a result. */
  async call(call: ToFunction): Promise<Answer | undefined> {
    if (this.ending !== undefined) return undefined
    const answered = new Promise<Answer | undefined>((resolve) => {
      this.#settle = resolve
    })
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve
    })
    this.#requestId = call.requestId
    this.#child.send(call, () => {})
    const answer = await answered
    // The result can arrive before the output that was written earlier.
    await Promise.race(answer === undefined ? [this.exited] : [drained, this.exited])
    this.#requestId = undefined
    return answer
  }

  /** Terminates the process immediately. The first reason is kept. */
  end(ending: Ending): void {
    this.ending ??= ending
    this.#child.kill('SIGKILL')
  }

  #watchExit(): Promise<void> {
    return new Promise((resolve) => {
      const gone = (status: string) => {
        const errorMessage = `Error: Runtime exited with error: ${status}`
        this.ending ??= { kind: 'crash', errorType: 'Runtime.ExitError', errorMessage }
        rmSync(this.#directory, { recursive: true, force: true })
        this.#settle(undefined)
        resolve()
      }
      this.#child.once('error', (error) => gone(error.message))
      this.#child.once('exit', () => {
        const release = () => [this.#child.stdout, this.#child.stderr].map((pipe) => pipe?.destroy())
        setTimeout(release, pipesMilliseconds).unref()
      })
      // `close`, not `exit`: by then its last lines have been read.
      this.#child.once('close', (code, signal) => gone(signal === null ? `exit status ${code}` : `signal: ${signal}`))
    })
  }

  #watchMessages(startedAt: number): Promise<void> {
    return new Promise((resolve) => {
      void this.exited.then(resolve)
      this.#child.on('message', (message: FromFunction) => {
        if (message.type === 'ready') {
          this.initMilliseconds = performance.now() - startedAt
          resolve()
        } else if (message.type === 'init-error') {
          this.#write(`${message.errorType}: ${message.errorMessage}`)
          this.ending ??= { kind: 'handled', errorType: message.errorType, errorMessage: message.errorMessage }
        } else if (message.requestId === this.#requestId) {
          this.#settle(message)
        }
      })
    })
  }

  /** A call's lines are complete when each open pipe has delivered the marker. */
  #readLines(pipes: readonly Readable[]): void {
    const open = new Set(pipes)
    const unmarked = new Set(pipes)
    for (const pipe of pipes) {
      const marked = () => {
        unmarked.delete(pipe)
        if (unmarked.size > 0) return
        for (const other of open) unmarked.add(other)
        this.#drained()
      }
      // Only line feeds end a line: the runtime uses carriage returns inside an entry of several lines.
      let rest = ''
      const take = (line: string) => {
        const [text = '', marker] = line.split('\0')
        if (text !== '') this.#write(text.replaceAll('\r', '\n'))
        if (marker !== undefined && marker === this.#requestId) marked()
      }
      pipe.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) take(line)
      })
      pipe.once('close', () => {
        take(rest)
        open.delete(pipe)
        marked()
      })
    }
  }
}
