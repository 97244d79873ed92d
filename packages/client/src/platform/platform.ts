import type { Endpoint } from '../connection/endpoint.js'
import type { Route, RouteOptions } from '../connection/route.js'
import type { Sleeper, Transport, TransportKind, TransportOptions } from '../connection/transport.js'
import type { VendorPost } from '../credentials/vendor-client.js'
import type { VendorOptions } from '../credentials/vendor-options.js'
import { TopicCredentialsError } from '../errors.js'
import type { AskHandshake } from '../recovery/diagnosis.js'

/** What differs between Node and a browser. `#platform` (package.json, `imports`) is the one for where the program runs. */
export interface Platform {
  /**
   * How a host is reached: what is trusted there, and through which proxy.
   *
   * @throws TopicCredentialsError `invalid_argument`
   */
  routeTo(url: string, options: RouteOptions): Promise<Route>
  /** Requests to one vendor, with the caller's proof beside them. Loaded at the first call. */
  openVendorPost(url: URL, options: VendorOptions): Promise<VendorPost>
  /**
   * The transport, loaded while the vendor is asked.
   *
   * @param kind default: what suits the platform
   * @throws TopicCredentialsError `invalid_argument` for one that there is not here
   */
  loadTransport(kind: TransportKind | undefined, mqtt: 3 | 5): Promise<(options: TransportOptions) => Transport>
  /**
   * Checks name, network and certificate of an endpoint. Resolves where there is nothing to complain of, or nothing to be known.
   *
   * @throws TopicCredentialsError `tls_trust`, `host_not_found`, `connection_lost`
   */
  checkTrust(endpoint: Endpoint, route: Route, signal: AbortSignal): Promise<void>
  /** Undefined where nothing shows the answer to a handshake. */
  readonly askHandshake: AskHandshake | undefined
  /** Tells when the machine or the page sleeps and wakes, or the network is back. @returns ends it */
  watchSleep(sleeper: Sleeper): () => void
}

/** @throws TopicCredentialsError `invalid_argument` */
export function onlyMqtt5(mqtt: 3 | 5): void {
  if (mqtt === 5) return
  throw new TopicCredentialsError('The websocket transport speaks MQTT 5 and not MQTT 3.1.1', {
    code: 'invalid_argument',
    value: `mqtt: ${mqtt}`,
    remedy: 'Leave out `mqtt`, or use the transport `device-sdk`, which Node alone has.',
  })
}
