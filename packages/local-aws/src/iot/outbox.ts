/**
 * Turns of the event loop that bytes wait for more to the same client. The broker acknowledges a message in one turn and
 * delivers it two or three turns later; together they are one frame and one TLS record, which is what sending costs.
 */
const TURNS = 3

/** Sends what many connections have to send, each a little later than asked. An idle loop turns in microseconds. */
export class Outbox {
  /** By the turn in which they are due, the next one first. */
  readonly #due: (() => void)[][] = Array.from({ length: TURNS + 1 }, () => [])
  #turning = false

  /** Calls `send` after some turns. It must not throw. */
  later(send: () => void): void {
    this.#due.at(-1)?.push(send)
    if (this.#turning) return
    this.#turning = true
    setImmediate(this.#turn)
  }

  readonly #turn = (): void => {
    const now = this.#due.shift() ?? []
    this.#due.push([])
    for (const send of now) send()
    this.#turning = this.#due.some((sends) => sends.length > 0)
    if (this.#turning) setImmediate(this.#turn)
  }
}
