/**
 * Parses JSON. If the text is not JSON, throws the error that `refuse` returns; without `refuse`, returns undefined, which is no JSON value.
 *
 * @param refuse gets the parser's message and its error
 */
export function parseJson(text: string, refuse?: (reason: string, cause: unknown) => Error): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (refuse === undefined) return undefined
    throw refuse(cause instanceof Error ? cause.message : String(cause), cause)
  }
}

/** Whether the value is a JSON object: neither an array nor null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the value if it is an object, otherwise an empty object. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}
