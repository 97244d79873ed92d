/** How a host is reached, and what is trusted there. The platform makes it of what the program and the environment say. */
export interface Route {
  /** PEM; undefined: what the system trusts. */
  readonly ca: string | undefined
  /** What `ca` is, in words: `the file /etc/ca.pem`. */
  readonly trusted: string
  /** `http://proxy.example:3128`, with user and password where it wants them; undefined: none. */
  readonly proxy: string | undefined
}

/** What a program says of it. */
export interface RouteOptions {
  /** Certificates to trust, as PEM or as the path of a PEM file. Default: what the system trusts. Node only. */
  readonly ca?: string | undefined
  /**
   * HTTP proxy (`http://host:port`, with `user:password@` where it wants them) that is asked to CONNECT; `false`: none. Default: the
   * environment's HTTPS_PROXY, unless NO_PROXY names the host. Node only.
   */
  readonly proxy?: string | false | undefined
}
