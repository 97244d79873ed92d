/**
 * The value of a JSON text. Without `refuse`, undefined where the text is not JSON: no JSON text means undefined.
 *
 * @throws what `refuse` makes of the parser's reason
 */
export function parseJson(text: string, refuse?: (reason: string, cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (refuse === undefined) return undefined
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/** An object as JSON has them: no list, and not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as an object; any other value becomes an empty object. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}
