/** What came of a trial: it was allowed, AWS refused it explicitly, or neither. */
export type Outcome =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly how: string }
  /** No network, no answer in time, a fault on the other side. It proves nothing. */
  | { readonly kind: 'undecided'; readonly how: string }

export const allowed: Outcome = { kind: 'allowed' }
export function refused(how: string): Outcome {
  return { kind: 'refused', how }
}
export function undecided(how: string): Outcome {
  return { kind: 'undecided', how }
}

/** An error in one line, with its cause where the message alone says little (`fetch failed`). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.message || error.name}${cause}`
}
