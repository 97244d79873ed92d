const patterns: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA|AROA|AIDA|ANPA)[A-Z0-9]{8,}(?::[\w+=,.@-]+)?/gu, 'ID'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gu, 'UUID'],
  [/\barn:aws[\w-]*:[\w-]+:[\w-]*:\d{12}:/gu, 'ARN:'],
  [/\b\d{12}\b/gu, 'ACCOUNT'],
  [/(?:X-Amz-(?:Signature|Credential|Security-Token)=)[^&\s"']+/gu, 'SIGNED'],
  [/\b[\w.-]+\.(?:amazonaws\.com(?:\.cn)?|localhost)(?::\d+)?\b/gu, 'HOST'],
  [/\b(?:localhost|127\.0\.0\.1):\d+\b/gu, 'HOST'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}\b/gu, 'ADDRESS'],
  // Long random strings are tokens or signatures.
  [/[A-Za-z0-9+/=_-]{40,}/gu, 'TOKEN'],
]

/** Replaces everything that identifies the account or gives access to it, so that the transcript can be published. */
export function normalise(text: string, names: readonly string[]): string {
  const named = names.filter((name) => name !== '').reduce((rest, name) => rest.replaceAll(name, 'PROBE'), text)
  return patterns.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), named)
}
