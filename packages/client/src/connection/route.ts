/** How a host is reached, and which certificates are trusted. The platform derives it from the options and the environment. */
export interface Route {
  /** PEM; undefined: the system's trust store. */
  readonly ca: string | undefined
  /** A description of `ca`: `the file /etc/ca.pem`. */
  readonly trusted: string
  /** `http://proxy.example:3128`, with user name and password if required; undefined: none. */
  readonly proxy: string | undefined
}

/** The options for a route. */
export interface RouteOptions {
  /** Trusted certificates, as PEM or as the path of a PEM file. Default: the system's trust store. Node only. */
  readonly ca?: string | undefined
  /**
   * HTTP proxy (`http://host:port`, with `user:password@` if required) for CONNECT requests; `false`: none. Default: HTTPS_PROXY in the
   * environment, unless NO_PROXY contains the host. Node only.
   */
  readonly proxy?: string | false | undefined
}
