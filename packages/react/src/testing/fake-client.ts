import type { ConnectOptions, VendedCredentialsProvider } from '@topic-credentials/client'

type Listener = (...args: readonly unknown[]) => void

/** A session without a network, which records the calls. */
export class FakeSession {
  state = 'connected'
  grants: {
    readonly publish: readonly string[]
    readonly subscribe: readonly string[]
    readonly retain: readonly string[]
  }
  expiration = new Date(0)
  readonly filters: string[] = []
  readonly publishes: string[] = []
  readonly #messages = new Set<(message: unknown) => void>()
  readonly #listeners = new Map<string, Set<Listener>>()

  constructor(granted: readonly string[]) {
    this.grants = { publish: granted, subscribe: granted, retain: [] }
  }

  get subscriptions(): number {
    return this.#messages.size
  }

  on(name: string, listener: Listener): void {
    this.#listeners.set(name, (this.#listeners.get(name) ?? new Set()).add(listener))
  }

  emit(name: string, ...args: readonly unknown[]): void {
    for (const listener of this.#listeners.get(name) ?? []) listener(...args)
  }

  can(operation: 'publish' | 'subscribe', topic: string): boolean {
    return this.grants[operation].includes(topic)
  }

  async publish(topic: string): Promise<void> {
    this.publishes.push(topic)
    if (!this.can('publish', topic)) throw new Error('not granted')
  }

  subscribe(filter: string, { onMessage }: { readonly onMessage: (message: unknown) => void }) {
    if (!this.can('subscribe', filter)) throw new Error(`${filter} is not granted`)
    this.filters.push(filter)
    const listener = (message: unknown) => onMessage(message)
    this.#messages.add(listener)
    const close = async () => {
      this.#messages.delete(listener)
    }
    return { ready: Promise.resolve(1), close }
  }

  /** Delivers a message to all subscriptions. */
  deliver(message: string): void {
    for (const listener of [...this.#messages]) listener(message)
  }

  async close(): Promise<void> {
    this.state = 'closed'
    this.#messages.clear()
    this.emit('closed', undefined)
  }
}

/** Replaces the client's `connect` and a provider. */
export class FakeClient {
  readonly sessions: FakeSession[] = []
  readonly vends: string[] = []
  granted: readonly string[] = ['a', 'b']
  failing: Error | undefined
  readonly #providers: VendedCredentialsProvider[] = []

  /** Like `connect`: requests credentials, and the signal closes the session. */
  readonly connect = (async ({ credentials, signal }: ConnectOptions) => {
    this.#providers.push(credentials)
    await credentials()
    if (this.failing !== undefined) throw this.failing
    if (signal?.aborted) throw new Error('aborted')
    const session = new FakeSession(this.granted)
    this.sessions.push(session)
    signal?.addEventListener('abort', () => void session.close())
    return session
  }) as never

  /** A provider with a name, which `vends` records. */
  credentials(name: string): VendedCredentialsProvider {
    return (async () => {
      this.vends.push(name)
    }) as never
  }

  /** Requests credentials, as a session does when they expire. */
  async renew(): Promise<void> {
    await this.#providers.at(-1)?.()
  }

  get open(): number {
    return this.sessions.filter(({ state }) => state !== 'closed').length
  }

  get subscriptions(): number {
    return this.sessions.reduce((sum, session) => sum + session.subscriptions, 0)
  }

  get last(): FakeSession {
    const session = this.sessions.at(-1)
    if (session === undefined) throw new Error('there is no session')
    return session
  }
}
