import type { Clock } from '../clock.js'

/** One line of a log. */
export interface LogLine {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Name of the function, or of another log group. */
  readonly source: string
  /** The invocation that wrote it; absent for lines written outside of one. */
  readonly requestId?: string | undefined
  readonly message: string
}

interface LogSettings {
  readonly functionName: string
  readonly format: 'Text' | 'JSON'
  readonly clock: Clock
  readonly sink: (line: LogLine) => void
}

/** The log of a function's process: its own lines, and the platform's lines around each invocation. */
export class LogStream {
  readonly #settings: LogSettings

  constructor(settings: LogSettings) {
    this.#settings = settings
  }

  write(message: string, requestId?: string): void {
    const { clock, functionName, sink } = this.#settings
    sink({ at: clock.now(), source: functionName, requestId, message })
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
    if (this.#settings.format === 'Text') this.write(`END RequestId: ${requestId}`, requestId)
    const parts = [
      `REPORT RequestId: ${requestId}`,
      `Duration: ${durationMs.toFixed(2)} ms`,
      `Billed Duration: ${Math.ceil(durationMs)} ms`,
      `Memory Size: ${memorySizeMB} MB`,
      ...(maxMemoryUsedMB === undefined ? [] : [`Max Memory Used: ${maxMemoryUsedMB} MB`]),
      ...(initDurationMs === undefined ? [] : [`Init Duration: ${initDurationMs.toFixed(2)} ms`]),
      ...(call.status === 'success' ? [] : [`Status: ${call.status}`]),
    ]
    const { status, ...metrics } = { ...call, billedDurationMs: Math.ceil(durationMs) }
    this.#platform('platform.report', { requestId, metrics, status }, `${parts.join('\t')}\t`)
  }

  #platform(type: string, record: { requestId: string } & Record<string, unknown>, text: string): void {
    const time = new Date(this.#settings.clock.now()).toISOString()
    this.write(this.#settings.format === 'JSON' ? JSON.stringify({ time, type, record }) : text, record.requestId)
  }
}
