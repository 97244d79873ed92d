import type { Endpoint } from '../connection/endpoint.js'
import type { Transport, TransportOptions } from '../connection/transport.js'
import type { VendorPost } from '../credentials/vendor-client.js'
import type { VendorOptions } from '../credentials/vendor-options.js'
import type { AskHandshake } from '../recovery/diagnosis.js'

/** What differs between Node and a browser. `#platform` (package.json, `imports`) is the one for where the program runs. */
export interface Platform {
  /** Requests to one vendor, with the caller's proof beside them. Loaded at the first call. */
  openVendorPost(url: URL, options: VendorOptions): Promise<VendorPost>
  /** The transport for an MQTT version. Loaded while the vendor is asked. */
  loadTransport(mqtt: 3 | 5): Promise<(options: TransportOptions) => Transport>
  /**
   * Checks name, network and certificate of an endpoint. Resolves where there is nothing to complain of, or nothing to be known.
   *
   * @throws TopicCredentialsError `tls_trust`, `host_not_found`, `connection_lost`
   */
  checkTrust(endpoint: Endpoint, ca: string | undefined, signal: AbortSignal): Promise<void>
  readonly askHandshake: AskHandshake
}
