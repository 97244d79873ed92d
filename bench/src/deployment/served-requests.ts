import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

interface Served {
  readonly request: IncomingMessage
}

/** Requests that servers of this process have answered on a port, and how long they took. */
export class ServedRequests {
  milliseconds = 0
  count = 0
  readonly #port: number
  readonly #begun = new WeakMap<IncomingMessage, number>()
  readonly #onStart = (message: unknown) => {
    const { request } = message as Served
    if (request.socket.localPort === this.#port) this.#begun.set(request, performance.now())
  }
  readonly #onFinish = (message: unknown) => {
    const begun = this.#begun.get((message as Served).request)
    if (begun === undefined) return
    this.milliseconds += performance.now() - begun
    this.count += 1
  }

  /** @see https://nodejs.org/api/diagnostics_channel.html#http */
  constructor(port: number) {
    this.#port = port
    subscribe('http.server.request.start', this.#onStart)
    subscribe('http.server.response.finish', this.#onFinish)
  }

  [Symbol.dispose](): void {
    unsubscribe('http.server.request.start', this.#onStart)
    unsubscribe('http.server.response.finish', this.#onFinish)
  }
}
