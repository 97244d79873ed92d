/**
 * How long a session matters: its credentials can open connections for an hour (the limit of role chaining), and an open connection can outlive
 * them by AWS IoT's 24 hours. In milliseconds.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html (lifetime of WebSocket connections)
 */
export const sessionLife = 25 * 60 * 60 * 1000

/**
 * Milliseconds after which a session that was requested before can still be issued: a vend takes at most ten seconds. Other sessions issued in
 * this interval are denied as well, which is safe.
 */
export const vendTime = 15_000

/** Rounded up, because IAM's dates have whole seconds. */
export function wholeSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000) * 1000
}
