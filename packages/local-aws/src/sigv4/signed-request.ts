/** A request exactly as received: nothing decoded, nothing normalized. */
export interface SignedRequest {
  /** `GET`, `POST`, … */
  readonly method: string
  /** Raw path, before `?`: `/topics/a%2Fb`. */
  readonly path: string
  /** Raw query string, without the `?`; empty if there is none. */
  readonly query: string
  /** Node's `headersDistinct` (preferred: repeated headers stay separate) or `headers`. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The whole body; absent means empty. */
  readonly body?: Uint8Array | undefined
}

/** All values of a header, joined by commas; undefined if absent. */
export function headerValue({ headers }: SignedRequest, name: string): string | undefined {
  const wanted = name.toLowerCase()
  const values = Object.entries(headers).flatMap(([key, value]) =>
    key.toLowerCase() === wanted && value !== undefined ? value : [],
  )
  // Sequential spaces become one, and both ends are trimmed, value by value.
  return values.length === 0 ? undefined : values.map((value) => value.trim().replaceAll(/\s+/gu, ' ')).join(',')
}
