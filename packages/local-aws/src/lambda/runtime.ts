import { randomUUID } from 'node:crypto'
import type { FunctionConfiguration, InvocationResult, LambdaHost } from './configuration.js'
import { ExecutionEnvironment } from './execution-environment.js'
import type { LogLine } from './log-stream.js'
import { ResourcePolicy } from './resource-policy.js'

/** Maximum number of processes per function on this machine; further calls wait. Lambda's own default is 1,000 for the account. */
const largestPool = 10
/** A process whose credentials expire within this time of the call's latest end is replaced before the call. */
const credentialsMargin = 5 * 60 * 1000

/**
 * A function: its configuration, its resource policy, its log and the processes that run it.
 *
 * @example
 * const result = await runtime.invoke({ hello: 'world' })
 * if (result.outcome === 'ok') console.log(result.payload)
 */
export class FunctionRuntime {
  readonly policy: ResourcePolicy
  readonly #host: LambdaHost
  readonly #ownLogs: LogLine[] = []
  #configuration: FunctionConfiguration
  readonly #idle: ExecutionEnvironment[] = []
  readonly #all = new Set<ExecutionEnvironment>()
  readonly #waiting: (() => void)[] = []
  #busy = 0
  #closed = false

  constructor(configuration: FunctionConfiguration, host: LambdaHost) {
    this.#configuration = configuration
    this.policy = new ResourcePolicy(configuration.arn)
    this.#host = host
  }

  get configuration(): FunctionConfiguration {
    return this.#configuration
  }

  get logs(): LogLine[] {
    return this.#host.logs?.(this.#configuration.logGroup) ?? this.#ownLogs
  }

  /** Takes effect with the next call. Running calls keep the configuration with which they started. */
  update(configuration: FunctionConfiguration): void {
    this.#configuration = configuration
    for (const environment of this.#idle.splice(0)) this.#retire(environment)
  }

  /** Number of running processes. */
  get processes(): number {
    return this.#all.size
  }

  /** Invokes the function and waits for its result. Never rejects because of the function. */
  async invoke(event: unknown): Promise<InvocationResult> {
    if (this.#closed) throw new Error(`The function ${this.configuration.functionName} is closed`)
    if (this.#host.down?.()) return this.#uncalled('unavailable', 'ServiceException', 'Service is unavailable.')
    const reserved = this.configuration.reservedConcurrency
    if (reserved !== undefined && this.#busy >= reserved) {
      return this.#uncalled('throttled', 'TooManyRequestsException', 'Rate Exceeded.')
    }
    while (this.#busy >= largestPool) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    this.#busy += 1
    const configuration = this.#configuration
    const environment = this.#take()
    try {
      const result = await environment.invoke(event)
      this.#record(result)
      return result
    } finally {
      if (environment.ended || configuration !== this.#configuration) {
        await this.#retire(environment)
      } else {
        this.#idle.push(environment)
      }
      this.#busy -= 1
      this.#waiting.shift()?.()
    }
  }

  /** Terminates all processes; resolves when none remains. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map((environment) => environment.close()))
    this.#all.clear()
    this.#idle.length = 0
  }

  /** A warm process whose credentials outlast the call, or a new one. */
  #take(): ExecutionEnvironment {
    const latestEnd = this.#host.clock.now() + this.configuration.timeoutSeconds * 1000 + credentialsMargin
    for (let warm = this.#idle.pop(); warm !== undefined; warm = this.#idle.pop()) {
      if (!warm.ended && this.#host.expiresAt(warm.accessKeyId) > latestEnd) return warm
      this.#retire(warm)
    }
    const cold = new ExecutionEnvironment(this.configuration, this.#host, (line) => this.#log(line))
    this.#all.add(cold)
    return cold
  }

  async #retire(environment: ExecutionEnvironment): Promise<void> {
    await environment.close()
    this.#all.delete(environment)
  }

  #log(line: LogLine): void {
    this.logs.push(line)
    this.#host.journal({
      at: line.at,
      service: 'lambda',
      event: 'Log',
      outcome: 'ok',
      detail: line.message,
      fields: {
        functionName: line.source,
        ...(line.requestId === undefined ? {} : { requestId: line.requestId }),
      },
    })
  }

  #record(result: InvocationResult): void {
    const { functionName, roleArn } = this.configuration
    this.#host.journal({
      at: this.#host.clock.now(),
      service: 'lambda',
      event: 'Invoke',
      outcome: result.outcome,
      principal: roleArn,
      ...(result.outcome === 'ok' ? {} : { detail: `${result.errorType}: ${result.errorMessage}` }),
      fields: { functionName, requestId: result.requestId },
    })
  }

  #uncalled(kind: 'throttled' | 'unavailable', errorType: string, errorMessage: string): InvocationResult {
    const result = { outcome: 'failed', requestId: randomUUID(), kind, errorType, errorMessage } as const
    this.#record(result)
    return result
  }
}
