import type { FunctionConfiguration, LambdaHost } from './configuration.js'
import type { LogLine } from './log-stream.js'
import { FunctionRuntime } from './runtime.js'

/** The account's functions with their versions, and their log groups. */
export class Functions {
  /** By ARN; a version's ARN ends with its number. */
  readonly byArn = new Map<string, FunctionRuntime>()
  readonly #host: () => LambdaHost
  readonly #logGroups = new Map<string, LogLine[]>()
  readonly #versions = new Map<string, number>()

  /** @param host called when a function is created */
  constructor(host: () => LambdaHost) {
    this.#host = host
  }

  /** Current functions by name, without versions. */
  get byName(): ReadonlyMap<string, FunctionRuntime> {
    const latest = [...this.byArn.values()].filter(({ configuration }) => configuration.version === undefined)
    return new Map(latest.map((one) => [one.configuration.functionName, one]))
  }

  create(configuration: FunctionConfiguration): FunctionRuntime {
    const runtime = new FunctionRuntime(configuration, this.#host())
    this.byArn.set(configuration.arn, runtime)
    return runtime
  }

  /** Includes all versions if it is the function's own ARN. */
  async delete(arn: string): Promise<void> {
    const doomed = [...this.byArn].filter(([other]) => other === arn || other.startsWith(`${arn}:`))
    for (const [other] of doomed) this.byArn.delete(other)
    await Promise.all(doomed.map(([, runtime]) => runtime.close()))
  }

  /** Numbers are never reused, even after a version was deleted. */
  nextVersion(functionArn: string): string {
    const next = (this.#versions.get(functionArn) ?? 0) + 1
    this.#versions.set(functionArn, next)
    return String(next)
  }

  /** The assigned numbers, to be saved. */
  versions(): Record<string, number> {
    return Object.fromEntries(this.#versions)
  }

  restoreVersions(versions: Readonly<Record<string, number>>): void {
    for (const [arn, number] of Object.entries(versions)) this.#versions.set(arn, number)
  }

  /** Lines of a function, by its name, or of a log group. */
  logs(name: string): LogLine[] {
    return this.byName.get(name)?.logs ?? this.logGroup(name)
  }

  async close(): Promise<void> {
    await Promise.all([...this.byArn.values()].map((runtime) => runtime.close()))
  }

  /** Lines of a log group, which is created with its first line. */
  logGroup(name: string): LogLine[] {
    const lines = this.#logGroups.get(name) ?? []
    this.#logGroups.set(name, lines)
    return lines
  }
}
