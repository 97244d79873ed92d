import type { Message, Session, Subscription } from '@topic-credentials/client'
import { Listeners } from './listeners.js'
import type { SessionStore } from './session-store.js'

/** The last messages of a feed, oldest first, and the error if its subscription failed. */
export interface FeedSnapshot {
  readonly messages: readonly Message[]
  readonly error: Error | undefined
}

const nothing: FeedSnapshot = { messages: [], error: undefined }

/**
 * Messages of one topic filter, from the current session of the store. It subscribes for the first listener, and unsubscribes a macrotask
 * after the last one. An external store: it receives messages outside rendering, so that none is lost between two renders.
 */
export class MessageFeed {
  readonly #store: SessionStore
  readonly #filter: string
  readonly #listeners = new Listeners()
  #snapshot = nothing
  #stop: (() => void) | undefined
  #late: ReturnType<typeof setTimeout> | undefined
  /** Called for each message. Can be replaced at any time. */
  onMessage: ((message: Message) => void) | undefined
  /** Number of messages to keep. */
  limit = 0

  constructor(store: SessionStore, filter: string) {
    this.#store = store
    this.#filter = filter
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    clearTimeout(this.#late)
    const leave = this.#listeners.add(listener)
    this.#stop ??= this.#follow()
    return () => {
      leave()
      if (this.#listeners.size > 0) return
      this.#late = setTimeout(() => {
        this.#stop?.()
        this.#stop = undefined
      })
    }
  }

  readonly getSnapshot = (): FeedSnapshot => this.#snapshot

  readonly getServerSnapshot = (): FeedSnapshot => nothing

  /** Subscribes with each new session of the store, and again when a change of the grants requires it. */
  #follow(): () => void {
    let of: Session | undefined
    let under: Session['grants'] | undefined
    let subscription: Subscription | undefined
    const look = () => {
      const { session, grants } = this.#store.getSnapshot()
      if (session === of && grants === under) return
      const stands = session === of && subscription !== undefined && session?.can('subscribe', this.#filter)
      of = session
      under = grants
      if (stands) return
      void subscription?.close()
      subscription = session && this.#subscribe(session)
    }
    const leave = this.#store.subscribe(look)
    look()
    return () => {
      leave()
      void subscription?.close()
    }
  }

  #subscribe(session: Session): Subscription | undefined {
    const failed = (error: Error) => this.#show({ ...this.#snapshot, error })
    try {
      const subscription = session.subscribe(this.#filter, { onMessage: (message) => this.#take(message) })
      if (this.#snapshot.error !== undefined) this.#show({ ...this.#snapshot, error: undefined })
      subscription.ready.catch(failed)
      return subscription
    } catch (error) {
      failed(error as Error)
      return undefined
    }
  }

  #take(message: Message): void {
    this.onMessage?.(message)
    if (this.limit === 0) return
    this.#show({ ...this.#snapshot, messages: [...this.#snapshot.messages, message].slice(-this.limit) })
  }

  #show(snapshot: FeedSnapshot): void {
    this.#snapshot = snapshot
    this.#listeners.notify()
  }
}
