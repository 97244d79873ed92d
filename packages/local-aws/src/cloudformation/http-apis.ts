import type { IncomingMessage, ServerResponse } from 'node:http'
import { type CorsConfiguration, HttpApi, type HttpApiSettings } from '../apigateway/index.js'
import type { ApiParts } from './api-parts.js'

/** The account's HTTP APIs, each on its own port. */
export class HttpApis {
  /** By ID, oldest first. */
  readonly byId = new Map<string, ApiParts>()
  readonly #settings: Omit<HttpApiSettings, 'apiId' | 'cors'>
  readonly #wantedPort: number

  /** @param wantedPort for one API at a time; the others use free ports */
  constructor(settings: Omit<HttpApiSettings, 'apiId' | 'cors'>, wantedPort: number) {
    this.#settings = settings
    this.#wantedPort = wantedPort
  }

  get first(): HttpApi | undefined {
    return [...this.byId.values()][0]?.api
  }

  /** Passes a request to the first API, whatever port it arrived on. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.first !== undefined) return this.first.answer(request, response)
    const json = { 'content-type': 'application/json' }
    if (request.url === '/_local/health') {
      response.writeHead(200, json).end(JSON.stringify({ id: this.#settings.healthId }))
      return
    }
    const message = 'No HTTP API is deployed here yet'
    response.writeHead(404, json).end(JSON.stringify({ message }))
  }

  async create(apiId: string, cors: CorsConfiguration | undefined): Promise<HttpApi> {
    const taken = [...this.byId.values()].some(({ api }) => api.port === this.#wantedPort)
    const api = await HttpApi.start({ ...this.#settings, apiId, cors }, taken ? 0 : this.#wantedPort)
    this.byId.set(apiId, { api, integrations: new Map(), authorizers: new Map(), routes: new Map() })
    return api
  }

  async delete(apiId: string): Promise<void> {
    const found = this.byId.get(apiId)
    this.byId.delete(apiId)
    await found?.api.close()
  }

  async close(): Promise<void> {
    await Promise.all([...this.byId.values()].map(({ api }) => api.close()))
  }
}
