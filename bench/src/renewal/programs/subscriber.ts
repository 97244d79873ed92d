// A subscriber in a separate process: `subscriber.js KIND`. It records the messages it receives, and its parent triggers renewals.
import { fromVendor, type VendedCredentialsProvider } from '@topic-credentials/client'
import { now } from '../../measure/now.js'

/** The contents of the variable TARGET. */
export interface Target {
  readonly url: string
  readonly region: string
  readonly ca: string
  readonly endpoint: string
  readonly port: number
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** The interface between this program and each kind of subscriber. */
export interface Stage {
  readonly target: Target
  readonly credentials: VendedCredentialsProvider
  /** Called with the payload of each message, as soon as the program has it. */
  received(text: string): void
  /** Called when a connection is established and subscribed. */
  connected(): void
}

/** Starts to receive. Resolves with the client ID. */
export type Subscribe = (stage: Stage) => Promise<string>

export type Order = { readonly order: 'renew' } | { readonly order: 'report'; readonly last: number }
export type Answer =
  | { readonly answer: 'ready'; readonly clientId: string }
  /** The next handshake will use new credentials. */
  | { readonly answer: 'due' }
  /** Reconnected, and a message has arrived since. */
  | { readonly answer: 'back' }
  | { readonly answer: 'report'; readonly arrivals: readonly Arrival[] }

/** Number and arrival time of a message. */
export type Arrival = readonly [number: number, at: number]

const target = JSON.parse(process.env.TARGET ?? '{}') as Target
const { url, region, ca, key } = target
const credentials = fromVendor({ url, region, ca, credentials: key })
const arrivals: Arrival[] = []
let last = Number.POSITIVE_INFINITY
let waiting: 'nothing' | 'connection' | 'message' = 'nothing'

function answer(message: Answer) {
  return process.send?.(message)
}
const stage: Stage = {
  target,
  credentials,
  received(text) {
    arrivals.push([Number(text), now()])
    if (waiting === 'message') {
      waiting = 'nothing'
      answer({ answer: 'back' })
    }
    reportWhenComplete()
  },
  connected() {
    if (waiting === 'connection') waiting = 'message'
  },
}

process.on('message', async (message: Order) => {
  if (message.order === 'report') {
    last = message.last
    reportWhenComplete()
    return
  }
  credentials.invalidate((await credentials()).accessKeyId)
  waiting = 'connection'
  answer({ answer: 'due' })
})
process.on('disconnect', () => process.exit())

function reportWhenComplete(): void {
  if (arrivals.some(([number]) => number >= last)) answer({ answer: 'report', arrivals })
}

const { subscribe } = (await import(`./${process.argv[2]}.js`)) as { subscribe: Subscribe }
answer({ answer: 'ready', clientId: await subscribe(stage) })
