import type { Route } from './api-state.js'
import type { Authorization } from './authorizers/authorization.js'
import type { ApiRequest } from './messages/request.js'
import type { ApiResponse } from './messages/response.js'
import type { Stage } from './stage.js'

/** A request with its route. */
export interface Call {
  readonly request: ApiRequest
  readonly requestId: string
  readonly stage: Stage
  /** Percent-decoded, without the name of the stage. */
  readonly path: string
  readonly route: Route
  readonly pathParameters: Readonly<Record<string, string>>
}

/** The result of a call: the response and, for the logs, the reason and the caller. */
export interface Outcome {
  readonly answer: ApiResponse
  readonly detail?: string
  readonly principal?: string | undefined
  readonly authorization?: Authorization & { readonly allowed: true }
}
