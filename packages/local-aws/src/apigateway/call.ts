import type { Route } from './api-state.js'
import type { Authorization } from './authorizers/authorization.js'
import type { ApiRequest } from './messages/request.js'
import type { ApiResponse } from './messages/response.js'
import type { Stage } from './stage.js'

/** A request that has found its route. */
export interface Call {
  readonly request: ApiRequest
  readonly requestId: string
  readonly stage: Stage
  /** Percent-decoded, without the stage's name. */
  readonly path: string
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

/** How a call ended: the answer, and for the logs why and for whom. */
export interface Outcome {
  readonly answer: ApiResponse
  readonly detail?: string
  readonly principal?: string
  readonly authorization?: Authorization & { readonly allowed: true }
}
