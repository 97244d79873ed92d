import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { HttpsServerSettings } from './https-server.js'
import type { ServiceHandler } from './protocols/signed-service.js'

/** The stand-in's services, each of which may be down. */
export const serviceNames = ['sts', 'iam', 'dynamodb', 'api', 'lambda', 'iot', 's3', 'ssm', 'cloudformation'] as const
export type ServiceName = (typeof serviceNames)[number]

/** How a service is down: it answers 503; it ends the connection; it takes the request and says nothing. */
export type Outage = 'unavailable' | 'reset' | 'silent'

/** What a service puts before its own answer. */
export type ServiceGuard = (handler: ServiceHandler) => ServiceHandler

type Doors = Required<Pick<HttpsServerSettings, 'answer' | 'upgrade'>>

/**
 * Services that are down. 503 `ServiceUnavailable` is what AWS's services have in common; a connection that ends or is never answered is what
 * clients of a service that fails worse see.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
export class Outages {
  readonly #down = new Map<ServiceName, Outage>()
  /** What was taken and not answered. */
  readonly #held = new Map<ServiceName, Set<() => void>>()

  /** Undefined: it is up again, and what was never answered ends. */
  set(service: ServiceName, outage: Outage | undefined): void {
    this.#down.delete(service)
    if (outage !== undefined) this.#down.set(service, outage)
    for (const end of this.#held.get(service) ?? []) end()
    this.#held.delete(service)
  }

  /** How it is down now. */
  of(service: ServiceName): Outage | undefined {
    return this.#down.get(service)
  }

  guard(service: ServiceName): ServiceGuard {
    return (handler) => async (request, response) => {
      const outage = this.#down.get(service)
      // Whether this is the stand-in that was announced is no question of a service.
      if (outage === undefined || request.url === '/_local/health') return handler(request, response)
      if (outage === 'unavailable') return unavailable(request, response)
      if (outage === 'silent') await this.#hold(service, request.socket)
      response.destroy()
    }
  }

  /** The same where WebSockets come in as well. */
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

  /** Until the service is up, or the client is gone. */
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

/** In the form that the client reads; SDKs go by the status. */
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
