import type { Message } from './message.js'

/** Maximum number of messages kept for a future subscription or listener. */
const keptMessages = 1_000

/** How long messages of a resumed session wait for their subscription, in milliseconds. */
const resumeGraceMs = 10_000

/**
 * Messages that no subscription of this session matches: direct messages (AWS IoT's SendDirectMessage needs no subscription), and queued
 * messages of a resumed session, which arrive before the program has subscribed again.
 */
export class UnmatchedMessages {
  readonly #direct: (message: Message) => boolean
  /** Kept for a subscription until the grace period ends. */
  #waiting: Message[] = []
  /** Kept for a listener. */
  #unheard: Message[] = []
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param direct passes a message to the listeners; returns false if there are none */
  constructor(direct: (message: Message) => boolean) {
    this.#direct = direct
  }

  /** The session was resumed: messages may belong to a subscription that is yet to be made. */
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

  /** The messages that wait for a new subscription. @param isFor whether a message matches it */
  claim(isFor: (message: Message) => boolean): readonly Message[] {
    const claimed = this.#waiting.filter(isFor)
    this.#waiting = this.#waiting.filter((message) => !claimed.includes(message))
    return claimed
  }

  /** Called when a listener has been added. */
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
    if (messages.length > keptMessages) messages.shift()
  }
}
