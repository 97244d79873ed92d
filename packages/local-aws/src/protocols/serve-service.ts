import { setTimeout } from 'node:timers/promises'
import { type HttpsServer, serveHttps } from '../https-server.js'
import type { ServiceGuard } from '../outages.js'
import type { TlsMaterial } from '../tls.js'
import type { ServiceHandler, ServiceSettings } from './signed-service.js'

/** The settings of a service with its own port. */
export interface ServedSettings extends ServiceSettings {
  readonly tls: TlsMaterial
  /** 0 selects a free port. */
  readonly port: number
  readonly guard?: ServiceGuard
}

export interface ServedService extends HttpsServer {
  /** For an endpoint shared with other services. */
  readonly answer: ServiceHandler
}

/**
 * Serves a service over TLS on 127.0.0.1, behind its guard.
 *
 * @param delayed a fault: milliseconds by which a request is delayed before it is read
 */
export async function serveService(
  { tls, port, guard = (handler) => handler }: ServedSettings,
  service: ServiceHandler,
  delayed: () => number = () => 0,
): Promise<ServedService> {
  const closing = new AbortController()
  const answer = guard(async (request, response) => {
    if (delayed() > 0) await setTimeout(delayed(), undefined, { signal: closing.signal })
    await service(request, response)
  })
  const server = await serveHttps({ tls, port, answer })
  const close = () => {
    closing.abort()
    return server.close()
  }
  return { ...server, answer, close, [Symbol.asyncDispose]: close }
}
