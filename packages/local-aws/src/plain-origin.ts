import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Doors, type HttpsServer, serveHttp } from './https-server.js'

/** The services behind the plain origin. */
export interface PlainOriginSettings {
  /** 0 selects a free port. */
  readonly port: number
  /** The vendor's API. */
  readonly api: Doors['answer']
  /** The data plane: its HTTP API for its own paths, and its WebSockets. */
  readonly iot: Doors
  /** Pages of this origin. Returns whether there is one. */
  readonly site?: ((request: IncomingMessage, response: ServerResponse) => Promise<boolean>) | undefined
}

const iotPaths = /^\/(?:mqtt|topics|retainedMessage|connections)(?:[/?]|$)/u
const loopbackOrigin = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/u

/**
 * Vendor and data plane on one plain origin of this machine, for browsers: `http://127.0.0.1:…` is a secure context, so a page there has
 * WebCrypto and needs no certificate. Signatures and policies are checked as on the other ports.
 *
 * Requests that another site makes a local browser send are refused: another name in Host means that a domain was pointed here (DNS
 * rebinding). Pages of other origins are refused too, also for WebSockets, to which CORS does not apply.
 *
 * @throws the system's error if the port is in use
 * @see https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy
 */
export async function servePlainOrigin(settings: PlainOriginSettings): Promise<HttpsServer> {
  const { port, api, iot, site } = settings
  const server: HttpsServer = await serveHttp({
    port,
    // Larger than API Gateway's own limit, as on its own port.
    maxHeaderSize: 32 * 1024,
    requestTimeout: 60_000,
    answer: async (request, response) => {
      const fault = faultOf(request, server.port)
      if (fault !== undefined) {
        response.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(`${fault}\n`)
      } else if (iotPaths.test(request.url ?? '')) {
        await iot.answer(request, response)
      } else if (site === undefined || !(await site(request, response))) {
        await api(request, response)
      }
    },
    upgrade: (request, socket, head) => {
      const fault = faultOf(request, server.port)
      if (fault === undefined) return iot.upgrade(request, socket, head)
      const length = Buffer.byteLength(fault)
      socket.end(`HTTP/1.1 403 Forbidden\r\ncontent-type: text/plain\r\ncontent-length: ${length}\r\n\r\n${fault}`)
    },
  })
  return server
}

function faultOf({ headers: { host, origin } }: IncomingMessage, port: number): string | undefined {
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return `Host '${host}' is not this machine: http://127.0.0.1:${port}`
  }
  if (origin === undefined || loopbackOrigin.test(origin)) return undefined
  return `Origin '${origin}' is not a page of this machine`
}
