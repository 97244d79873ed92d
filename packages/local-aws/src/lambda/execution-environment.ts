import { randomUUID } from 'node:crypto'
import type { FunctionConfiguration, InvocationResult, LambdaHost } from './configuration.js'
import { type Answer, type Ending, FunctionProcess } from './function-process.js'
import { type LogLine, LogStream } from './log-stream.js'

/** Lambda allows a function ten seconds to load. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const initSeconds = 10
/** Maximum size of the response of a synchronous invocation, in bytes (6 MB plus its envelope). */
const largestPayload = 6_291_556

/** An execution environment of a function: used for one call at a time while it lives, and never restarted. */
export class ExecutionEnvironment {
  readonly #configuration: FunctionConfiguration
  readonly #process: FunctionProcess
  readonly #log: LogStream
  #requestId: string | undefined
  #calls = 0

  constructor(configuration: FunctionConfiguration, host: LambdaHost, sink: (line: LogLine) => void) {
    this.#configuration = configuration
    const { functionName, logFormat: format } = configuration
    this.#log = new LogStream({ functionName, format, clock: host.clock, sink })
    const day = new Date(host.clock.now()).toISOString().slice(0, 10).replaceAll('-', '/')
    const logStream = `${day}/[${configuration.version ?? '$LATEST'}]${randomUUID().replaceAll('-', '')}`
    const write = (line: string) => this.#log.write(line, this.#requestId)
    this.#process = new FunctionProcess(configuration, host, logStream, write)
  }

  /** Access key ID of the process's role session. */
  get accessKeyId(): string {
    return this.#process.accessKeyId
  }

  /** Exited or terminated: it accepts no further calls. */
  get ended(): boolean {
    return this.#process.ending !== undefined
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const requestId = randomUUID()
    const { timeoutSeconds, memoryMegabytes, arn } = this.#configuration
    const cold = this.#calls === 0
    this.#calls += 1
    await this.#withTimer(initSeconds, 'Function did not load', this.#process.ready)
    this.#log.start(requestId, this.#configuration.version)
    this.#requestId = requestId
    const startedAt = performance.now()
    const timeoutMilliseconds = timeoutSeconds * 1000
    const call = {
      type: 'invoke',
      requestId,
      event: JSON.stringify(event ?? null),
      timeoutMilliseconds,
      functionArn: arn,
    } as const
    const answer = await this.#withTimer(timeoutSeconds, 'Task timed out', this.#process.call(call))
    const result = resultOf(requestId, answer, this.#process.ending)
    if (result.outcome === 'failed' && answer === undefined) this.#log.write(result.errorMessage, requestId)
    this.#log.report(requestId, {
      status: result.outcome === 'ok' ? 'success' : result.kind === 'timeout' ? 'timeout' : 'error',
      durationMs: performance.now() - startedAt,
      memorySizeMB: memoryMegabytes,
      maxMemoryUsedMB: answer && Math.ceil(answer.rss / 2 ** 20),
      initDurationMs: cold ? this.#process.initMilliseconds : undefined,
    })
    this.#requestId = undefined
    return result
  }

  /** Terminates the process and waits until it has exited and its folder is removed. */
  async close(): Promise<void> {
    this.#process.end({ kind: 'crash', errorType: 'Runtime.ExitError', errorMessage: 'Error: The stand-in was closed' })
    await this.#process.exited
  }

  /** Terminates the process if the work is not done in time. */
  async #withTimer<T>(seconds: number, what: string, work: Promise<T>): Promise<T> {
    const errorMessage = `Error: ${what} after ${seconds.toFixed(2)} seconds`
    const ending: Ending = { kind: 'timeout', errorType: 'Sandbox.Timedout', errorMessage }
    const timer = setTimeout(() => this.#process.end(ending), seconds * 1000)
    try {
      return await work
    } finally {
      clearTimeout(timer)
    }
  }
}

function resultOf(requestId: string, answer: Answer | undefined, ending: Ending | undefined): InvocationResult {
  if (answer === undefined) {
    const reason = ending ?? { kind: 'crash', errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited' }
    return { outcome: 'failed', requestId, ...reason, errorMessage: `RequestId: ${requestId} ${reason.errorMessage}` }
  }
  if (answer.type === 'error') {
    const { errorType, errorMessage } = answer
    return { outcome: 'failed', requestId, kind: 'handled', errorType, errorMessage }
  }
  if (Buffer.byteLength(answer.payload) > largestPayload) {
    const errorMessage = `Response payload size exceeded maximum allowed payload size (${largestPayload} bytes).`
    return { outcome: 'failed', requestId, kind: 'handled', errorType: 'Function.ResponseSizeTooLarge', errorMessage }
  }
  return { outcome: 'ok', requestId, payload: JSON.parse(answer.payload) }
}
