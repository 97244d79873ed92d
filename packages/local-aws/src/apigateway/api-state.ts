import type { Clock } from '../clock.js'
import type { AccessKey } from '../iam/index.js'
import type { Journal } from '../journal.js'
import type { InvocationResult, ServiceCall } from '../lambda/index.js'
import type { ServiceGuard } from '../outages.js'
import type { TlsMaterial } from '../tls.js'
import type { JwtAuthorizer } from './authorizers/jwt-authorizer.js'
import type { CorsConfiguration } from './routes/cors.js'
import type { RouteKey } from './routes/route.js'
import type { Stage } from './stage.js'

/** The function of a route. */
export interface Integration {
  readonly timeoutMilliseconds: number
  /** Whether the function's resource policy allows this API to invoke it. */
  decide(call: ServiceCall): { readonly allowed: boolean; readonly reason: string }
  invoke(event: unknown): Promise<InvocationResult>
}

export interface Route {
  readonly key: RouteKey
  readonly authorization:
    | { readonly type: 'NONE' | 'AWS_IAM' }
    | { readonly type: 'JWT'; readonly authorizer: JwtAuthorizer; readonly scopes: readonly string[] }
  readonly integration: Integration
}

export interface HttpApiSettings {
  readonly apiId: string
  readonly accountId: string
  readonly region: string
  readonly clock: Clock
  readonly journal: Journal
  readonly tls: TlsMaterial
  readonly cors?: CorsConfiguration | undefined
  accessKey(accessKeyId: string): AccessKey | undefined
  /** The response of `GET /_local/health`: other processes use it to identify this stand-in. */
  readonly healthId?: string
  readonly guard?: ServiceGuard
}

/** Faults, all initially off. */
export interface HttpApiFaults {
  /** Respond with 429 to every request. */
  throttle: boolean
  /** Delay before each request is processed, in milliseconds. */
  delayMilliseconds: number
  /** Respond with this status (500 to 504) instead of invoking the function. */
  failWith: number | undefined
}

/** The state used to serve a request. */
export interface ApiState {
  readonly settings: HttpApiSettings
  readonly routes: readonly Route[]
  readonly stages: readonly Stage[]
  readonly faults: HttpApiFaults
}
