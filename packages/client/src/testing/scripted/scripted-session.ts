import { ConnectLog } from '../../connection/connect-log.js'
import { Handshake } from '../../connection/handshake.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { Session } from '../../session.js'
import { type Fault, type Point, ScriptedTransport } from './scripted-transport.js'
import { vendedIdentity } from './vended-identity.js'

/** The environment of a scripted session. */
interface Script {
  readonly clientId: string
  /** Default: to publish and subscribe to `a`, `b` and `c`. */
  readonly grants?: { readonly publish: readonly string[]; readonly subscribe: readonly string[] }
  readonly fault?: (point: Point) => Fault | undefined
  /** Milliseconds that each step takes. Default 10. */
  readonly latency?: () => number
  /** Runs before each vend. */
  readonly vending?: () => Promise<void>
}

let vended = 0

const abc = ['a', 'b', 'c']

function identity({ grants = { publish: abc, subscribe: abc } }: Script): VendedIdentity {
  vended += 1
  return vendedIdentity(`ASIA${vended}`, grants)
}

/** A session over a scripted transport that is not started. It uses the clock that is installed when it is created. */
export function scriptedSession(script: Script) {
  const { clientId, fault = () => undefined, latency = () => 10, vending } = script
  let current = identity(script)
  const vend = async () => {
    await vending?.()
    await new Promise<void>((resolve) => setTimeout(resolve, latency()))
    return current
  }
  const renewed = async () => {
    current = identity(script)
    return vend()
  }
  const invalidate = () => {
    current = identity(script)
  }
  const credentials = Object.assign(vend, { invalidate, ask: renewed, refresh: renewed, close: () => {} })
  const closing = new AbortController()
  const endpoint = { host: 'iot.invalid', port: 443, plain: false }
  const log = ConnectLog.of(endpoint, clientId)
  const handshake = new Handshake({ credentials, log, intervalMs: 1_000, closing: closing.signal })
  const transport = new ScriptedTransport(handshake, fault, latency)
  const session = new Session({
    transport,
    handshake,
    credentials,
    endpoint,
    route: { ca: undefined, trusted: 'nothing', proxy: undefined },
    diagnoseHandshake: async () => undefined,
    clientId,
    identity: current,
    closing,
    spreadMs: undefined,
    connectIntervalMs: 1_000,
    mqtt: 5,
    replyPrefix: 'replies/alice/',
    revalidateMs: undefined,
  })
  return { session, transport, credentials }
}
