/** The outcome of a trial: allowed, explicitly refused by AWS, or undecided. */
export type Outcome =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly how: string }
  /** A network error, a timeout or a server error. It proves nothing. */
  | { readonly kind: 'undecided'; readonly how: string }

export const allowed: Outcome = { kind: 'allowed' }
export function refused(how: string): Outcome {
  return { kind: 'refused', how }
}
export function undecided(how: string): Outcome {
  return { kind: 'undecided', how }
}

/** An error in one line, with its cause if the message alone is not helpful (`fetch failed`). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.message || error.name}${cause}`
}
