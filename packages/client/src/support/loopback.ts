/** Names of this machine in URLs. Requests to it need no TLS, and browsers treat it as a secure context. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]'
}
