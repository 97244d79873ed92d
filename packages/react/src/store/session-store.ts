import { type ConnectOptions, connect, type Session, type VendedCredentialsProvider } from '@topic-credentials/client'
import { Listeners } from './listeners.js'

/** The settings of a session. */
export interface SessionSettings {
  /** The provider: `fromVendor({ url, token })`. A new one is used from the next vend on, and the connection is kept. */
  readonly credentials: VendedCredentialsProvider
  /** The other options of `connect`, read when the session is opened. */
  readonly options?: Omit<ConnectOptions, 'credentials' | 'signal'> | undefined
  /** Opens a session. Default: the client's `connect`; for tests. */
  readonly connect?: ((options: ConnectOptions) => Promise<Session>) | undefined
}

/** The state of the session: a new object after each change. */
export interface SessionSnapshot {
  /** `idle`: it is not open. */
  readonly state: 'idle' | Session['state']
  /** Undefined until the first connection. */
  readonly session: Session | undefined
  /** Why the session is interrupted or has ended. */
  readonly error: Error | undefined
  readonly grants: Session['grants'] | undefined
  /** When the credentials of the connection expire; they are renewed automatically. */
  readonly expiration: Date | undefined
}

export const idle: SessionSnapshot = {
  state: 'idle',
  session: undefined,
  error: undefined,
  grants: undefined,
  expiration: undefined,
}

/**
 * One session for all its users: opened by the first `open`, closed a macrotask after the last release, so that a component that is
 * mounted twice in a row (StrictMode) opens one connection. An external store for any framework.
 *
 * @example
 * const store = new SessionStore({ credentials })
 * const release = store.open()
 * store.subscribe(() => console.log(store.getSnapshot().state))
 */
export class SessionStore {
  #settings: SessionSettings
  readonly #listeners = new Listeners()
  #snapshot = idle
  #holders = 0
  #closing: AbortController | undefined
  #late: ReturnType<typeof setTimeout> | undefined

  constructor(settings: SessionSettings) {
    this.#settings = settings
  }

  /** Sets the credentials for later vends, and the options for the next session. Does not reconnect. */
  configure(settings: SessionSettings): void {
    this.#settings = settings
  }

  /** Opens the session, or shares the open one. @returns a function that releases it; further calls have no effect */
  readonly open = (): (() => void) => {
    this.#holders += 1
    clearTimeout(this.#late)
    if (this.#closing === undefined) this.#connect()
    let held = 1
    return () => {
      this.#holders -= held
      if (held > 0 && this.#holders === 0) this.#late = setTimeout(() => this.#close())
      held = 0
    }
  }

  /** Opens a new session if the last one has ended and was not released. */
  readonly reopen = (): void => {
    if (this.#holders > 0 && this.#snapshot.state === 'closed') this.#connect()
  }

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener)

  readonly getSnapshot = (): SessionSnapshot => this.#snapshot

  #connect(): void {
    const closing = new AbortController()
    this.#closing = closing
    const show = (change: Partial<SessionSnapshot>) => {
      if (this.#closing === closing) this.#show({ ...this.#snapshot, ...change })
    }
    show({ ...idle, state: 'connecting' })
    const { connect: open = connect, options } = this.#settings
    open({ ...options, credentials: this.#credentials(), signal: closing.signal }).then(
      (session) => {
        const look = (change: Partial<SessionSnapshot>) => {
          const { state, grants, expiration } = session
          show({ session, state, grants, expiration, ...change })
        }
        session.on('connecting', () => look({}))
        session.on('connected', () => look({ error: undefined }))
        session.on('renewed', () => look({}))
        session.on('interrupted', (error) => look({ error }))
        session.on('closed', (error) => look({ error }))
        look({ error: undefined })
      },
      (error: Error) => show({ state: 'closed', error }),
    )
  }

  #close(): void {
    this.#closing?.abort()
    this.#closing = undefined
    this.#show(idle)
  }

  #show(snapshot: SessionSnapshot): void {
    this.#snapshot = snapshot
    this.#listeners.notify()
  }

  /** A provider that always uses the current settings. */
  #credentials(): VendedCredentialsProvider {
    const latest = () => this.#settings.credentials
    const provider: VendedCredentialsProvider = Object.assign(
      (call?: { readonly signal?: AbortSignal }) => latest()(call),
      {
        invalidate: (accessKeyId: string) => latest().invalidate(accessKeyId),
        ask: (...asked: Parameters<VendedCredentialsProvider['ask']>) => latest().ask(...asked),
        refresh: () => latest().refresh(),
        // The program that created the provider closes it.
        close: () => {},
      },
    )
    return provider
  }
}
