import type { AskedGrants } from '../credentials/vendor-options.js'
import type { ConnectOptions, FromVendorOptions, Message, MessageProperties } from '../index.js'
import type { Session } from '../session.js'

/** A session with its recorded events and messages. */
interface Driven {
  readonly session: Session
  readonly events: string[]
  readonly messages: [topic: string, text: string][]
  readonly properties: ShownProperties[]
  readonly acknowledged: number[]
  publishing: boolean
  /** Settles when the last number has been acknowledged. */
  loading: Promise<void>
}

/** A message's properties, in JSON. */
export interface ShownProperties extends Omit<MessageProperties, 'correlationData'> {
  readonly correlationData?: readonly number[]
}

/** The state of a session that a test reads. */
export interface Look {
  readonly state: string
  readonly accessKeyId: string
  readonly clientId: string
  readonly events: readonly string[]
  readonly messages: readonly (readonly [topic: string, text: string])[]
  /** The properties of each message. */
  readonly properties: readonly ShownProperties[]
  /** Numbers of `load` that were acknowledged. */
  readonly acknowledged: readonly number[]
}

/** The package itself, or the file that pages load. */
type Library = Pick<typeof import('../index.js'), 'connect' | 'fromVendor' | 'TopicCredentialsError'>

/** Controls sessions with JSON values, in this process or in a page. A call that fails resolves with the error's code. */
export interface SessionDriver {
  connect(
    name: string,
    vendor: FromVendorOptions,
    options: Omit<ConnectOptions, 'credentials' | 'signal'>,
  ): Promise<string>
  subscribe(name: string, filter: string): Promise<string>
  publish(name: string, topic: string, text: string, qos?: 0 | 1, properties?: ShownProperties): Promise<string>
  grant(name: string, asked: AskedGrants): Promise<string>
  /** Publishes numbers from 0 on, one after the other, until `rest`, which waits for the last one. */
  load(name: string, topic: string): Promise<string>
  rest(name: string): Promise<string>
  look(name: string): Promise<Look>
  close(name: string): Promise<string>
}

/** The driver of this process, or of the page that it runs in. */
export class LocalDriver implements SessionDriver {
  readonly #library: Library
  readonly #driven = new Map<string, Driven>()

  constructor(library: Library) {
    this.#library = library
  }

  connect(name: string, vendor: FromVendorOptions, options: Omit<ConnectOptions, 'credentials' | 'signal'>) {
    const { connect, fromVendor } = this.#library
    return this.#said(async () => {
      const session = await connect({ ...options, credentials: fromVendor(vendor) })
      const driven: Driven = {
        session,
        events: [],
        messages: [],
        properties: [],
        acknowledged: [],
        publishing: false,
        loading: Promise.resolve(),
      }
      const { events } = driven
      session.on('connecting', () => events.push('connecting'))
      session.on('connected', ({ resumed }) => events.push(resumed ? 'resumed' : 'connected'))
      session.on('renewed', () => events.push('renewed'))
      session.on('interrupted', ({ code }) => events.push(`interrupted ${code}`))
      session.on('refused', ({ code }) => events.push(`refused ${code}`))
      session.on('closed', (error) => events.push(error === undefined ? 'closed' : `closed ${error.code}`))
      this.#driven.set(name, driven)
    })
  }

  subscribe(name: string, filter: string) {
    const { session, messages, properties } = this.#of(name)
    const onMessage = (message: Message) => {
      messages.push([message.topic, message.text()])
      properties.push(shown(message))
    }
    return this.#said(async () => {
      await session.subscribe(filter, { onMessage }).ready
    })
  }

  publish(name: string, topic: string, text: string, qos: 0 | 1 = 1, properties: ShownProperties = {}) {
    const { correlationData, ...others } = properties
    const bytes = correlationData && { correlationData: Uint8Array.from(correlationData) }
    return this.#said(() => this.#of(name).session.publish(topic, text, { qos, ...others, ...bytes }))
  }

  grant(name: string, asked: AskedGrants) {
    return this.#said(() => this.#of(name).session.grant(asked))
  }

  async load(name: string, topic: string) {
    const driven = this.#of(name)
    driven.publishing = true
    driven.loading = this.#load(driven, topic)
    driven.loading.catch(() => {}) // thrown by `rest`
    return 'ok'
  }

  async rest(name: string) {
    const driven = this.#of(name)
    driven.publishing = false
    return this.#said(() => driven.loading)
  }

  async look(name: string): Promise<Look> {
    const { session, events, messages, properties, acknowledged } = this.#of(name)
    const { state, accessKeyId, clientId } = session
    return { state, accessKeyId, clientId, events, messages, properties, acknowledged }
  }

  close(name: string) {
    return this.#said(() => this.#of(name).session.close())
  }

  async #load(driven: Driven, topic: string): Promise<void> {
    for (let number = 0; driven.publishing; number++) {
      await driven.session.publish(topic, String(number))
      driven.acknowledged.push(number)
    }
  }

  #of(name: string): Driven {
    const driven = this.#driven.get(name)
    if (driven === undefined) throw new Error(`there is no session ${name}`)
    return driven
  }

  async #said(act: () => Promise<void>): Promise<string> {
    try {
      await act()
      return 'ok'
    } catch (error) {
      return error instanceof this.#library.TopicCredentialsError
        ? `${error.code}: ${error.message}`
        : `unexpected: ${error}`
    }
  }
}

function shown(message: Message): ShownProperties {
  const { responseTopic, correlationData, messageExpiryInterval, contentType, userProperties } = message
  return {
    ...(responseTopic !== undefined && { responseTopic }),
    ...(correlationData !== undefined && { correlationData: [...correlationData] }),
    ...(messageExpiryInterval !== undefined && { messageExpiryInterval }),
    ...(contentType !== undefined && { contentType }),
    ...(userProperties.length > 0 && { userProperties }),
  }
}
