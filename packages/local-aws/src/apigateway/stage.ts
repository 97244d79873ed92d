import type { Clock } from '../clock.js'
import { type Throttle, TokenBucket } from './token-bucket.js'

/** `AWS::ApiGatewayV2::Stage`. */
export interface StageSettings {
  /** `$default` is served at the root; another name is the first segment of the path. */
  readonly name: string
  readonly defaultThrottle?: Throttle | undefined
  /** By route key. */
  readonly routeThrottles: Readonly<Record<string, Throttle>>
  /** Access log: a format with `$context.…` variables, and where the lines are written. */
  readonly accessLog?: { readonly format: string; readonly write: (line: string) => unknown } | undefined
}

/** A running stage, with one token bucket for each route that has a throttle. */
export class Stage {
  readonly settings: StageSettings
  readonly #clock: Clock
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(settings: StageSettings, clock: Clock) {
    this.settings = settings
    this.#clock = clock
  }

  /** False if the route's throttle has no token left. */
  admit(routeKey: string): boolean {
    const throttle = this.settings.routeThrottles[routeKey] ?? this.settings.defaultThrottle
    if (throttle === undefined) return true
    const bucket = this.#buckets.get(routeKey) ?? new TokenBucket(throttle, this.#clock)
    this.#buckets.set(routeKey, bucket)
    return bucket.take()
  }

  /** Writes one line of the access log; a variable without a value is `-`, as on AWS. */
  log(values: Readonly<Record<string, string | undefined>>): void {
    const { accessLog } = this.settings
    // Values are escaped as in JSON strings: a client's input can end neither a line nor a JSON value.
    const escaped = (value: string) => JSON.stringify(value).slice(1, -1)
    const value = (_: string, name: string) => escaped(values[name] ?? '-')
    accessLog?.write(accessLog.format.replaceAll(/\$context\.([\w.]+)/gu, value))
  }
}
