/** RFC 3986: everything but letters, digits, `-`, `.`, `_` and `~`. @throws URIError for a lone surrogate */
export function uriEncode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/gu, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
}
