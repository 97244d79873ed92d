import type { Message } from './message.js'

/** Messages that are kept for a subscription or a listener to come. */
const keptMessages = 1_000

/** How long a resumed session's messages wait for the subscription that they came for, in milliseconds. */
const resumeGraceMs = 10_000

/**
 * Messages that no subscription of this session matches: direct messages (AWS IoT's SendDirectMessage needs no subscription), and what a
 * resumed session had waiting, which comes before the program has subscribed again.
 */
export class UnmatchedMessages {
  readonly #direct: (message: Message) => boolean
  /** Kept for a subscription, until the grace is over. */
  #waiting: Message[] = []
  /** Kept for a listener. */
  #unheard: Message[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Messages that there was no room for. */
  dropped = 0

  /** @param direct hands a message to the listeners; false: there are none */
  constructor(direct: (message: Message) => boolean) {
    this.#direct = direct
  }

  /** The session was resumed: what comes now may be for a subscription that is still to be made. */
  resumed(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#endGrace(), resumeGraceMs)
  }

  take(message: Message): void {
    if (this.#timer !== undefined) {
      this.#keep(this.#waiting, message)
    } else if (!this.#direct(message)) {
      this.#keep(this.#unheard, message)
    }
  }

  /** What waits for a new subscription. @param isFor whether a message is for it */
  claim(isFor: (message: Message) => boolean): readonly Message[] {
    const claimed = this.#waiting.filter(isFor)
    this.#waiting = this.#waiting.filter((message) => !claimed.includes(message))
    return claimed
  }

  /** There is a listener now. */
  heard(): void {
    for (const message of this.#unheard.splice(0)) this.take(message)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#waiting = []
    this.#unheard = []
  }

  #endGrace(): void {
    this.#timer = undefined
    for (const message of this.#waiting.splice(0)) this.take(message)
  }

  #keep(messages: Message[], message: Message): void {
    messages.push(message)
    if (messages.length <= keptMessages) return
    messages.shift()
    this.dropped += 1
  }
}
