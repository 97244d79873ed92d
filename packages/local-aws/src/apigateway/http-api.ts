import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { messageOf } from '@topic-credentials/project'
import { type HttpsServer, serveHttps } from '../https-server.js'
import type { ServiceHandler } from '../protocols/signed-service.js'
import type { ApiState, HttpApiFaults, HttpApiSettings, Route } from './api-state.js'
import { dispatch } from './dispatch.js'
import { type ApiRequest, header, RequestRejected, readRequest } from './messages/request.js'
import { type ApiResponse, message } from './messages/response.js'
import { type CorsConfiguration, corsHeaders, preflightHeaders } from './routes/cors.js'
import type { Stage } from './stage.js'

/** One HTTP API on its own port of 127.0.0.1. Routes and stages can be added while it runs. */
export class HttpApi implements ApiState, AsyncDisposable {
  settings: HttpApiSettings
  readonly routes: Route[] = []
  readonly stages: Stage[] = []
  readonly faults: HttpApiFaults = { throttle: false, delayMilliseconds: 0, failWith: undefined }
  /** Responds to a request from any port. Rejects if the client disconnects. */
  readonly answer: ServiceHandler
  #server: HttpsServer | undefined

  private constructor(settings: HttpApiSettings) {
    this.settings = settings
    const { guard = (handler) => handler } = settings
    this.answer = guard((incoming, outgoing) => this.#respond(incoming, outgoing))
  }

  static async start(settings: HttpApiSettings, port: number): Promise<HttpApi> {
    const api = new HttpApi(settings)
    api.#server = await serveHttps({
      tls: settings.tls,
      port,
      // Larger than API Gateway's own limit, so that the API itself responds.
      maxHeaderSize: 32 * 1024,
      requestTimeout: 60_000,
      answer: api.answer,
    })
    return api
  }

  /** Takes effect with the next request. */
  set cors(cors: CorsConfiguration | undefined) {
    this.settings = { ...this.settings, cors }
  }

  get port(): number {
    return this.#server?.port ?? 0
  }

  /** `ApiEndpoint`, as returned to templates. */
  get endpoint(): string {
    return `https://localhost:${this.port}`
  }

  /** Resolves when no socket remains. */
  async close(): Promise<void> {
    await this.#server?.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const requestId = `${randomBytes(11).toString('base64url')}=`
    const answer = await this.#answerAlways(incoming, requestId)
    // The client disconnected while sending.
    if (incoming.destroyed && !incoming.complete) return
    outgoing.sendDate = false
    outgoing.writeHead(answer.status, {
      ...answer.headers,
      ...(answer.cookies.length === 0 ? {} : { 'set-cookie': [...answer.cookies] }),
      // Clients use this header to correct their clocks.
      date: new Date(this.settings.clock.now()).toUTCString(),
      'content-length': answer.body.length,
      'apigw-requestid': requestId,
    })
    outgoing.end(incoming.method === 'HEAD' ? undefined : answer.body)
  }

  async #answerAlways(incoming: IncomingMessage, requestId: string): Promise<ApiResponse> {
    try {
      return await this.#answer(await readRequest(incoming), requestId)
    } catch (error) {
      const answer =
        error instanceof RequestRejected
          ? message(error.status, error.message, { connection: 'close' })
          : message(500, 'Internal Server Error')
      const detail = messageOf(error)
      this.#journal(`${incoming.method} ${incoming.url?.replace(/\?.*/u, '')}`, answer.status, { detail, requestId })
      return answer
    }
  }

  async #answer(request: ApiRequest, requestId: string): Promise<ApiResponse> {
    const { healthId, cors } = this.settings
    if (healthId !== undefined && request.rawPath === '/_local/health') {
      return { ...message(200, 'ok'), body: Buffer.from(JSON.stringify({ id: healthId })) }
    }
    if (this.faults.delayMilliseconds > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.faults.delayMilliseconds))
    }
    const origin = header(request, 'origin')
    if (cors !== undefined && origin !== undefined && request.method === 'OPTIONS') {
      return { status: 204, headers: preflightHeaders(cors, origin), cookies: [], body: Buffer.alloc(0) }
    }
    const { answer, detail, principal } = await dispatch(this, request, requestId)
    this.#journal(`${request.method} ${request.path}`, answer.status, { detail, requestId, principal })
    if (cors === undefined || origin === undefined) return answer
    // The API's own CORS headers replace those of the function.
    const others = Object.entries(answer.headers).filter(([name]) => !name.startsWith('access-control-'))
    return { ...answer, headers: { ...Object.fromEntries(others), ...corsHeaders(cors, origin) } }
  }

  #journal(
    event: string,
    status: number,
    { requestId, ...facts }: { detail: string | undefined; requestId: string; principal?: string | undefined },
  ): void {
    this.settings.journal({
      at: this.settings.clock.now(),
      service: 'execute-api',
      event,
      outcome: status < 400 ? 'ok' : status < 500 ? 'refused' : 'failed',
      ...facts,
      fields: { status, requestId },
    })
  }
}
