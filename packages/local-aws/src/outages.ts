import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Doors } from './https-server.js'
import type { ServiceHandler } from './protocols/signed-service.js'

/** The stand-in's services, each of which can be down. */
export const serviceNames = ['sts', 'iam', 'dynamodb', 'api', 'lambda', 'iot', 's3', 'ssm', 'cloudformation'] as const
export type ServiceName = (typeof serviceNames)[number]

/** How a service is down: it responds with 503, closes the connection, or accepts the request without responding. */
export type Outage = 'unavailable' | 'reset' | 'silent'

/** Runs before a service's own handler. */
export type ServiceGuard = (handler: ServiceHandler) => ServiceHandler

/**
 * Services that are down. 503 `ServiceUnavailable` is common to AWS's services; a closed connection and a missing response are what clients
 * of a more severe failure observe.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
export class Outages {
  readonly #down = new Map<ServiceName, Outage>()
  /** Requests without a response. */
  readonly #held = new Map<ServiceName, Set<() => void>>()

  /** Undefined: the service is up again, and pending requests end. */
  set(service: ServiceName, outage: Outage | undefined): void {
    this.#down.delete(service)
    if (outage !== undefined) this.#down.set(service, outage)
    for (const end of this.#held.get(service) ?? []) end()
    this.#held.delete(service)
  }

  /** How it is currently down. */
  of(service: ServiceName): Outage | undefined {
    return this.#down.get(service)
  }

  guard(service: ServiceName): ServiceGuard {
    return (handler) => async (request, response) => {
      const outage = this.#down.get(service)
      // The health check of the stand-in does not depend on any service.
      if (outage === undefined || request.url === '/_local/health') return handler(request, response)
      if (outage === 'unavailable') return unavailable(request, response)
      if (outage === 'silent') await this.#hold(service, request.socket)
      response.destroy()
    }
  }

  /** The same for WebSockets. */
  guardDoors(service: ServiceName): (doors: Doors) => Doors {
    return ({ answer, upgrade }) => ({
      answer: this.guard(service)(answer),
      upgrade: (request, socket, head) => {
        const outage = this.#down.get(service)
        if (outage === undefined) return upgrade(request, socket, head)
        socket.on('error', () => undefined)
        if (outage === 'unavailable') {
          socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
        } else if (outage === 'reset') {
          socket.destroy()
        } else {
          void this.#hold(service, socket).then(() => socket.destroy())
        }
      },
    })
  }

  /** Waits until the service is up, or the client has disconnected. */
  #hold(service: ServiceName, socket: Duplex): Promise<void> {
    const held = this.#held.get(service) ?? new Set()
    this.#held.set(service, held)
    return new Promise((resolve) => {
      const end = () => {
        held.delete(end)
        resolve()
      }
      held.add(end)
      socket.once('close', end)
    })
  }
}

/** In the client's format; SDKs use the status. */
async function unavailable(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.resume()
  const message = 'Service is unavailable. Try again.'
  const json = /json/u.test(request.headers['content-type'] ?? '') || request.headers.authorization === undefined
  const body = json
    ? JSON.stringify({ __type: 'ServiceUnavailable', message })
    : `<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code><Message>${message}</Message></Error></ErrorResponse>`
  response
    .writeHead(503, {
      'content-type': json ? 'application/json' : 'text/xml',
      'x-amzn-errortype': 'ServiceUnavailable',
      'content-length': Buffer.byteLength(body),
    })
    .end(body)
}
