import type { AuthorizerContext } from '../messages/event.js'

/** An authorizer's answer: who it is, or how the API refuses. */
export type Authorization =
  | { readonly allowed: true; readonly principal: string; readonly context: AuthorizerContext; readonly reason: string }
  | {
      readonly allowed: false
      readonly status: 401 | 403
      readonly headers: Readonly<Record<string, string>>
      /** For the journal; the client is told nothing beyond the status, as API Gateway does. */
      readonly reason: string
      readonly principal?: string
    }
