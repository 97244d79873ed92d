import type { Clock } from '../clock.js'
import { type Throttle, TokenBucket } from './token-bucket.js'

/** `AWS::ApiGatewayV2::Stage`. */
export interface StageSettings {
  /** `$default` is served at the root, any other name as the first segment of the path. */
  readonly name: string
  readonly defaultThrottle?: Throttle
  /** By route key. */
  readonly routeThrottles: Readonly<Record<string, Throttle>>
  /** Access log: a format with `$context.…` variables, and where its lines go. */
  readonly accessLog?: { readonly format: string; readonly write: (line: string) => void }
}

/** A stage at work: one bucket per route that has a throttle. */
export class Stage {
  readonly settings: StageSettings
  readonly #clock: Clock
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(settings: StageSettings, clock: Clock) {
    this.settings = settings
    this.#clock = clock
  }

  /** False when the route's throttle has no token left. */
  admit(routeKey: string): boolean {
    const throttle = this.settings.routeThrottles[routeKey] ?? this.settings.defaultThrottle
    if (throttle === undefined) return true
    const bucket = this.#buckets.get(routeKey) ?? new TokenBucket(throttle, this.#clock)
    this.#buckets.set(routeKey, bucket)
    return bucket.take()
  }

  /** Writes one line of the access log; a variable without a value is `-`, as in AWS. */
  log(values: Readonly<Record<string, string | undefined>>): void {
    const { accessLog } = this.settings
    // Values are escaped as inside a JSON text: what a client sends can neither end a line nor a JSON value.
    const escaped = (value: string) => JSON.stringify(value).slice(1, -1)
    const value = (_: string, name: string) => escaped(values[name] ?? '-')
    accessLog?.write(accessLog.format.replaceAll(/\$context\.([\w.]+)/gu, value))
  }
}
