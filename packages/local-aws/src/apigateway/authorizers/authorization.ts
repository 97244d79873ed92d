import type { AuthorizerContext } from '../messages/event.js'

/** An authorizer's result: the caller's identity, or the API's refusal. */
export type Authorization =
  | { readonly allowed: true; readonly principal: string; readonly context: AuthorizerContext; readonly reason: string }
  | {
      readonly allowed: false
      readonly status: 401 | 403
      readonly headers: Readonly<Record<string, string>>
      /** For the journal; like API Gateway, the response contains only the status. */
      readonly reason: string
      readonly principal?: string | undefined
    }
