import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { FunctionConfiguration, InvocationResult, LambdaHost } from './configuration.js'
import { environmentVariables } from './environment-variables.js'
import type { LogLine } from './log-stream.js'
import { LogStream } from './log-stream.js'
import type { FromFunction, ToFunction } from './protocol.js'

/** Lambda gives a function ten seconds to load. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_MILLISECONDS = 10_000
/** Largest answer of a synchronous call, in bytes (6 MB and what wraps it). */
const LARGEST_PAYLOAD = 6_291_556

type Failure = Extract<InvocationResult, { outcome: 'failed' }>
type Ending = Pick<Failure, 'kind' | 'errorType' | 'errorMessage'>

/** One process of a function: takes one call at a time, is reused while it lives, and is never revived. */
export class ExecutionEnvironment {
  readonly accessKeyId: string
  readonly #configuration: FunctionConfiguration
  readonly #child: ChildProcess
  readonly #directory: string
  readonly #log: LogStream
  readonly #exited: Promise<void>
  readonly #startedAt = performance.now()
  #initDuration: number | undefined
  #ending: Ending | undefined
  #requestId: string | undefined
  readonly #ready: Promise<void>
  #settle: (message: Extract<FromFunction, { type: 'result' | 'error' }> | 'ended') => void = () => {}
  #drained: () => void = () => {}

  constructor(configuration: FunctionConfiguration, host: LambdaHost, sink: (line: LogLine) => void) {
    this.#configuration = configuration
    this.#directory = mkdtempSync(join(tmpdir(), 'local-aws-function-'))
    const directories = { task: join(this.#directory, 'task'), home: join(this.#directory, 'tmp') }
    mkdirSync(directories.home)
    // A copy, outside of any node_modules: a module that was left out of the bundle is missing here as it is on Lambda.
    cpSync(configuration.codeDirectory, directories.task, { recursive: true, dereference: true })
    const credentials = host.credentials(configuration)
    this.accessKeyId = credentials.accessKeyId
    const day = new Date(host.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    const logStream = `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`
    this.#log = new LogStream(configuration.functionName, configuration.logFormat, host.clock, sink)
    this.#child = fork(fileURLToPath(new URL('./bootstrap.js', import.meta.url)), [], {
      cwd: directories.task,
      env: environmentVariables(configuration, host, credentials, directories, logStream),
      execArgv: [`--max-old-space-size=${configuration.memoryMegabytes}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#exited = this.#watchExit()
    this.#ready = this.#watchMessages()
    this.#readLines()
  }

  /** Ended, by itself or from outside: it takes no further call. */
  get ended(): boolean {
    return this.#ending !== undefined
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const requestId = randomUUID()
    const { timeoutSeconds, memoryMegabytes } = this.#configuration
    const cold = this.#initDuration === undefined
    const initTimer = setTimeout(
      () =>
        this.#end({
          kind: 'timeout',
          errorType: 'Sandbox.Timedout',
          errorMessage: `Error: Function did not load within ${INIT_MILLISECONDS / 1000} seconds`,
        }),
      INIT_MILLISECONDS,
    )
    await this.#ready
    clearTimeout(initTimer)
    this.#log.start(requestId)
    const startedAt = performance.now()
    this.#requestId = requestId
    const message = await this.#call(requestId, event, timeoutSeconds * 1000)
    this.#requestId = undefined
    const result = this.#result(requestId, message)
    const status = result.outcome === 'ok' ? 'success' : result.kind === 'timeout' ? 'timeout' : 'error'
    if (result.outcome === 'failed' && result.kind !== 'handled') {
      const at = new Date().toISOString()
      this.#log.write(
        result.kind === 'timeout'
          ? `${at} ${requestId} ${result.errorMessage.replace(/^.*Error: /, '')}`
          : result.errorMessage,
        requestId,
      )
    }
    this.#log.report(requestId, {
      status,
      durationMs: performance.now() - startedAt,
      memorySizeMB: memoryMegabytes,
      ...(message === 'ended' ? {} : { maxMemoryUsedMB: Math.ceil(message.rss / 2 ** 20) }),
      ...(cold && this.#initDuration !== undefined ? { initDurationMs: this.#initDuration } : {}),
    })
    return result
  }

  /** Ends the process and waits until it is gone, its folder with it. */
  async close(): Promise<void> {
    this.#end({ kind: 'crash', errorType: 'Runtime.ExitError', errorMessage: 'Error: The stand-in was closed' })
    await this.#exited
  }

  async #call(
    requestId: string,
    event: unknown,
    timeoutMilliseconds: number,
  ): Promise<Extract<FromFunction, { type: 'result' | 'error' }> | 'ended'> {
    if (this.#ending !== undefined) return 'ended'
    const answered = new Promise<Extract<FromFunction, { type: 'result' | 'error' }> | 'ended'>((resolve) => {
      this.#settle = resolve
    })
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve
    })
    const seconds = this.#configuration.timeoutSeconds.toFixed(2)
    const timer = setTimeout(
      () =>
        this.#end({
          kind: 'timeout',
          errorType: 'Sandbox.Timedout',
          errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
        }),
      timeoutMilliseconds,
    )
    const call: ToFunction = {
      type: 'invoke',
      requestId,
      event: JSON.stringify(event),
      timeoutMilliseconds,
      functionArn: this.#configuration.arn,
    }
    this.#child.send(call, () => {})
    const message = await answered
    clearTimeout(timer)
    // The answer overtakes the lines in the pipes. A handler that closed its own stdout never drains: then the exit does.
    if (message !== 'ended') await Promise.race([drained, this.#exited])
    else await this.#exited
    return message
  }

  #result(requestId: string, message: Extract<FromFunction, { type: 'result' | 'error' }> | 'ended'): InvocationResult {
    if (message === 'ended') {
      const ending = this.#ending ?? {
        kind: 'crash',
        errorType: 'Runtime.ExitError',
        errorMessage: 'Error: Runtime exited',
      }
      return {
        outcome: 'failed',
        requestId,
        ...ending,
        errorMessage: ending.errorMessage.replace(/^Error:/, `RequestId: ${requestId} Error:`),
      }
    }
    if (message.type === 'error') {
      return {
        outcome: 'failed',
        requestId,
        kind: 'handled',
        errorType: message.errorType,
        errorMessage: message.errorMessage,
      }
    }
    if (Buffer.byteLength(message.payload) > LARGEST_PAYLOAD) {
      return {
        outcome: 'failed',
        requestId,
        kind: 'handled',
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: `Response payload size exceeded maximum allowed payload size (${LARGEST_PAYLOAD} bytes).`,
      }
    }
    return { outcome: 'ok', requestId, payload: JSON.parse(message.payload) }
  }

  #end(ending: Ending): void {
    this.#ending ??= ending
    this.#child.kill('SIGKILL')
  }

  #watchExit(): Promise<void> {
    return new Promise((resolve) => {
      const gone = (status: string) => {
        this.#ending ??= {
          kind: 'crash',
          errorType: 'Runtime.ExitError',
          errorMessage: `Error: Runtime exited with error: ${status}`,
        }
        rmSync(this.#directory, { recursive: true, force: true })
        this.#settle('ended')
        resolve()
      }
      this.#child.once('error', (error) => gone(error.message))
      // `close`, not `exit`: by then its last lines have been read.
      this.#child.once('close', (code, signal) => gone(signal === null ? `exit status ${code}` : `signal: ${signal}`))
    })
  }

  /** Resolves when the handler is loaded, or never will be. */
  #watchMessages(): Promise<void> {
    return new Promise((resolve) => {
      void this.#exited.then(resolve)
      this.#child.on('message', (message: FromFunction) => {
        if (message.type === 'ready') {
          this.#initDuration = performance.now() - this.#startedAt
          resolve()
        } else if (message.type === 'init-error') {
          this.#log.write(`${message.errorType}: ${message.errorMessage}`)
          this.#ending ??= { kind: 'handled', errorType: message.errorType, errorMessage: message.errorMessage }
        } else if (message.requestId === this.#requestId) this.#settle(message)
      })
    })
  }

  /** Takes the lines of both pipes. A call's lines are complete when each pipe that is still open has said so. */
  #readLines(): void {
    const unmarked = new Set<object>()
    const open = new Set<object>()
    const marked = (pipe: object) => {
      unmarked.delete(pipe)
      if (unmarked.size > 0) return
      for (const other of open) unmarked.add(other)
      this.#drained()
    }
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream === null) continue
      const pipe = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
      open.add(pipe)
      unmarked.add(pipe)
      pipe.once('close', () => {
        open.delete(pipe)
        marked(pipe)
      })
      pipe.on('line', (line) => {
        const [text = '', marker] = line.split('\0')
        if (text !== '') this.#log.write(text.replaceAll('\r', '\n'), this.#requestId)
        if (marker !== undefined && marker === this.#requestId) marked(pipe)
      })
    }
  }
}
