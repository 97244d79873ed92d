import type { Clock } from '../clock.js'

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Name of the function, or of another log group. */
  readonly source: string
  /** The invocation that wrote it; absent for lines written outside of one. */
  readonly requestId?: string
  readonly message: string
}

/** The log of a function's process: its own lines, and the platform's lines around each invocation. */
export class LogStream {
  readonly #functionName: string
  readonly #format: 'Text' | 'JSON'
  readonly #clock: Clock
  readonly #sink: (line: LogLine) => void

  constructor(functionName: string, format: 'Text' | 'JSON', clock: Clock, sink: (line: LogLine) => void) {
    this.#functionName = functionName
    this.#format = format
    this.#clock = clock
    this.#sink = sink
  }

  write(message: string, requestId?: string): void {
    const line = { at: this.#clock.now(), source: this.#functionName, message }
    this.#sink(requestId === undefined ? line : { ...line, requestId })
  }

  start(requestId: string, version = '$LATEST'): void {
    this.#platform('platform.start', { requestId, version }, `START RequestId: ${requestId} Version: ${version}`)
  }

  report(
    requestId: string,
    call: {
      status: string
      durationMs: number
      memorySizeMB: number
      maxMemoryUsedMB: number | undefined
      initDurationMs: number | undefined
    },
  ): void {
    const { durationMs, memorySizeMB, maxMemoryUsedMB, initDurationMs } = call
    if (this.#format === 'Text') this.write(`END RequestId: ${requestId}`, requestId)
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${memorySizeMB} MB`,
      ...(maxMemoryUsedMB === undefined ? [] : [`Max Memory Used: ${maxMemoryUsedMB} MB`]),
      ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
      ...(call.status === 'success' ? [] : [`Status: ${call.status}`]),
    ]
    const metrics = {
      durationMs,
      billedDurationMs: Math.ceil(durationMs),
      memorySizeMB,
      maxMemoryUsedMB,
      initDurationMs,
    }
    this.#platform('platform.report', { requestId, metrics, status: call.status }, `${parts.join('\t')}\t`)
  }

  #platform(type: string, record: { requestId: string } & Record<string, unknown>, text: string): void {
    const time = new Date(this.#clock.now()).toISOString()
    this.write(this.#format === 'JSON' ? JSON.stringify({ time, type, record }) : text, record.requestId)
  }
}
