/** Names of this machine, as URLs have them. What goes there needs no TLS, and browsers take it for a secure context. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
