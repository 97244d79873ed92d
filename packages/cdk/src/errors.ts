/**
 * - `entitlements_unreadable`: no such file, or not JSON
 * - `entitlements_invalid`: a mistake in the entitlements, with its place
 * - `invalid_property`: a construct's property that cannot be used
 * - `nothing_to_check`: the deploy check would be granted nothing
 * - `no_function`: the code of a function is missing: a checkout that was not built
 * - `grants_too_large`: what the deploy check would be granted fits no session policy
 */
export type ConstructErrorCode =
  | 'entitlements_unreadable'
  | 'entitlements_invalid'
  | 'invalid_property'
  | 'nothing_to_check'
  | 'no_function'
  | 'grants_too_large'

/** A construct that cannot be made of what it was given. */
export class ConstructError extends Error {
  override readonly name = 'ConstructError'
  readonly code: ConstructErrorCode
  /** What was given. */
  readonly value: unknown
  /** What to do. */
  readonly remedy: string

  constructor(
    code: ConstructErrorCode,
    message: string,
    { value, remedy, cause }: { readonly value: unknown; readonly remedy: string; readonly cause?: unknown },
  ) {
    super(message, { cause })
    this.code = code
    this.value = value
    this.remedy = remedy
  }
}
