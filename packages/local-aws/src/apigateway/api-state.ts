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

/** A function behind a route. */
export interface Integration {
  readonly timeoutMilliseconds: number
  /** Whether the function's resource policy lets this API call it. */
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
  readonly cors?: CorsConfiguration
  accessKey(accessKeyId: string): AccessKey | undefined
  /** What `GET /_local/health` answers: how other processes know that the stand-in they found is this one. */
  readonly healthId?: string
  readonly guard?: ServiceGuard
}

/** Faults on demand. All are off at first. */
export interface HttpApiFaults {
  /** Answer 429 to every request. */
  throttle: boolean
  /** Wait this long before each request is looked at. */
  delayMilliseconds: number
  /** Answer this status (500 to 504) in place of the function. */
  failWith: number | undefined
}

/** What serving a request looks at. */
export interface ApiState {
  readonly settings: HttpApiSettings
  readonly routes: readonly Route[]
  readonly stages: readonly Stage[]
  readonly faults: HttpApiFaults
}
