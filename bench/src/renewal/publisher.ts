import { setInterval } from 'node:timers/promises'
import type { Session } from '@topic-credentials/client'
import { topic } from './topic.js'

/** AWS IoT accepts 100 messages per second from one connection. */
const intervalMs = 15

/** Publishes consecutive numbers at a constant rate until it is stopped. */
export class Publisher {
  /** The numbers that the broker accepted. */
  readonly published: number[] = []
  readonly #stop = new AbortController()
  readonly #running: Promise<void>
  #next = 0

  constructor(session: Session) {
    this.#running = this.#run(session)
  }

  /** @returns the last number */
  async stop(): Promise<number> {
    this.#stop.abort()
    await this.#running
    return this.#next - 1
  }

  async #run(session: Session): Promise<void> {
    const sent: Promise<unknown>[] = []
    try {
      for await (const _ of setInterval(intervalMs, undefined, { signal: this.#stop.signal })) {
        const number = this.#next++
        sent.push(session.publish(topic, String(number)).then(() => this.published.push(number)))
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error
    }
    await Promise.all(sent)
  }
}
