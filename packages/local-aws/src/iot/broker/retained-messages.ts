import type { Clock } from '../../clock.js'
import { type Message, propertiesAt } from './message.js'

/** The last retained message of each topic, until it expires (§3.3.1.3). */
export class RetainedMessages {
  readonly #clock: Clock
  readonly #messages = new Map<string, Message>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Replaces the topic's message; one with an empty payload removes it [MQTT-3.3.1-6]. */
  keep(message: Message): void {
    if (message.payload.length === 0) {
      this.#messages.delete(message.topic)
    } else {
      this.#messages.set(message.topic, message)
    }
  }

  get(topic: string): Message | undefined {
    const message = this.#messages.get(topic)
    if (message === undefined || this.#isLive(message)) return message
    this.#messages.delete(topic)
    return undefined
  }

  /** In the order in which their topics were first used. */
  all(): readonly Message[] {
    return [...this.#messages.values()].filter((message) => this.#isLive(message))
  }

  #isLive(message: Message): boolean {
    return propertiesAt(message, this.#clock.now()) !== undefined
  }
}
