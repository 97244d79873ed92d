import { CodedError } from '@topic-credentials/grants'

/**
 * - `entitlements_unreadable`: the file does not exist or is not JSON
 * - `entitlements_invalid`: the entitlements contain an error; the message has its path
 * - `invalid_property`: a property of a construct has an invalid value
 * - `nothing_to_check`: the entitlements grant nothing to the deploy check's caller
 * - `no_function`: the code of a function is missing, because the checkout has not been built
 * - `grants_too_large`: the grants of the deploy check do not fit one session policy
 */
export type ConstructErrorCode =
  | 'entitlements_unreadable'
  | 'entitlements_invalid'
  | 'invalid_property'
  | 'nothing_to_check'
  | 'no_function'
  | 'grants_too_large'

/** A construct that cannot be created from its properties. */
export class ConstructError extends CodedError<ConstructErrorCode> {
  override readonly name = 'ConstructError'
}
