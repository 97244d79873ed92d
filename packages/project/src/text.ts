import { timingSafeEqual } from 'node:crypto'

/** What an error says; also of a value that was thrown and is no error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The message of an error and its remedy, as two sentences: some messages end with a full stop. */
export function withRemedy({ message, remedy }: { readonly message: string; readonly remedy: string }): string {
  return `${message}${/[.!?]$/u.test(message) ? '' : '.'} ${remedy}`
}

/** Compares two strings of the same length in constant time. */
export function isSameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
