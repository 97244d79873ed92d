/** What became of something that was tried: done, refused by AWS in so many words, or neither. */
export type Answer =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'refused'; readonly how: string }
  /** Nobody said yes or no: no network, no answer in time, a fault on the other side. It proves nothing. */
  | { readonly outcome: 'undecided'; readonly how: string }

export const allowed: Answer = { outcome: 'allowed' }
export function refused(how: string): Answer {
  return { outcome: 'refused', how }
}
export function undecided(how: string): Answer {
  return { outcome: 'undecided', how }
}

/** An error in one line, with its cause where the message alone says little (`fetch failed`). */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return `${error.message || error.name}${cause}`
}
