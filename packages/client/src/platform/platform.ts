import type { Endpoint } from '../connection/endpoint.js'
import type { Route, RouteOptions } from '../connection/route.js'
import type { Sleeper, Transport, TransportKind, TransportOptions } from '../connection/transport.js'
import type { VendorPost } from '../credentials/vendor-client.js'
import type { VendorOptions } from '../credentials/vendor-options.js'
import type { DiagnoseHandshake } from '../recovery/diagnosis.js'
import { rare } from '../support/rare.js'

/** The differences between Node and browsers. `#platform` (package.json, `imports`) resolves to the one in use. */
export interface Platform {
  /**
   * How a host is reached: trusted certificates and proxy.
   *
   * @throws TopicCredentialsError `invalid_argument`
   */
  routeTo(url: string, options: RouteOptions): Promise<Route>
  /** Sends requests to one vendor, with the caller's authentication. Loaded at the first call. */
  openVendorPost(url: URL, options: VendorOptions): Promise<VendorPost>
  /**
   * Loads the transport while the credentials are being requested.
   *
   * @param kind default: depends on the platform
   * @throws TopicCredentialsError `invalid_argument` for a transport that this platform does not have
   */
  loadTransport(kind: TransportKind | undefined, mqtt: 3 | 5): Promise<(options: TransportOptions) => Transport>
  /**
   * Examines name resolution, network and certificate of an endpoint to which a connection takes long. Never resolves.
   *
   * @param settled the connection is established, or has failed
   * @throws TopicCredentialsError `tls_trust`, `host_not_found`, `connection_lost`
   */
  watchTrust(endpoint: Endpoint, route: Route, settled: AbortSignal): Promise<never>
  readonly diagnoseHandshake: DiagnoseHandshake
  /** Reports when the machine or the page sleeps and wakes up, or the network is back. @returns a function that stops it */
  watchSleep(sleeper: Sleeper): () => void
}

/** @throws TopicCredentialsError `invalid_argument` */
export async function onlyMqtt5(mqtt: 3 | 5): Promise<void> {
  if (mqtt !== 5) throw (await rare()).onlyMqtt5(mqtt)
}
