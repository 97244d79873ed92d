import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SignedInUser as SignedIn, SignInRequest } from '@topic-credentials/project'
import type { Clock } from '../clock.js'
import { CustomAnswers } from '../cloudformation/custom-answers.js'
import { type HttpsServer, readBody, serveHttps } from '../https-server.js'
import type { Journal } from '../journal.js'
import { errorXml } from '../protocols/query.js'
import type { ServiceHandler } from '../protocols/signed-service.js'
import { answerSignIn } from '../sign-in/index.js'
import type { TlsMaterial } from '../tls.js'

export interface EndpointSettings {
  readonly tls: TlsMaterial
  /** 0 selects a free port. */
  readonly port: number
  readonly clock: Clock
  readonly journal: Journal
  /** The response of `GET /_local/health`: other processes use it to identify this stand-in. */
  readonly healthId: string
  /** By the service name in the credential scope; created on demand. */
  readonly services: Readonly<Record<string, () => Promise<ServiceHandler>>>
  readonly customAnswers: CustomAnswers
  /** `POST /_local/sign-in`, for other processes of this user. */
  readonly signIn: { readonly secret: string; signIn(request: SignInRequest): Promise<SignedIn> }
}

/**
 * One endpoint for all services of the account, for `AWS_ENDPOINT_URL`: the credential scope of a request selects the service. Unsupported
 * services are refused by name, so that no request for the stand-in reaches AWS.
 */
export function startEndpoint(settings: EndpointSettings): Promise<HttpsServer> {
  const { tls, port, healthId, customAnswers, services } = settings
  return serveHttps({
    tls,
    port,
    answer: async (request, response) => {
      const path = request.url ?? '/'
      if (path === '/_local/health') {
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: healthId }))
        return
      }
      if (path === '/_local/sign-in') return answerSignIn(settings.signIn, request, response)
      if (request.method === 'PUT' && path.startsWith(CustomAnswers.path)) {
        const body = (await readBody(request, 65_536)) ?? Buffer.alloc(65_537)
        response.writeHead(customAnswers.take(path.slice(CustomAnswers.path.length), body)).end()
        return
      }
      const service = services[scopeOf(request)]
      await (service === undefined ? refuse(settings, request, response) : (await service())(request, response))
    },
  })
}

/** Maximum size of a refused request in bytes: longer ones are cut off. */
const largestBody = 16 * 1024 * 1024

/** Unsigned requests go to STS: AssumeRoleWithWebIdentity is authenticated by a token. */
function scopeOf({ headers, url = '/' }: IncomingMessage): string {
  const credential =
    /Credential=([^,\s]+)/u.exec(headers.authorization ?? '')?.[1] ??
    new URLSearchParams(url.split('?')[1]).get('X-Amz-Credential')
  return credential?.split('/')[3] ?? 'sts'
}

async function refuse(
  { clock, journal, services }: EndpointSettings,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await readBody(request, largestBody)
  const service = scopeOf(request).replaceAll(/[^\w-]/gu, '?')
  const asked = String(request.headers['x-amz-target'] ?? `${request.method} ${request.url?.split('?')[0]}`)
  const message = `The stand-in does not model the service ${service} (${asked}). It has ${Object.keys(services).sort().join(', ')}.`
  journal({ at: clock.now(), service: 'local', event: 'unknown service', outcome: 'refused', detail: message })
  const json = /json/u.test(request.headers['content-type'] ?? '')
  const code = 'UnknownOperationException'
  response
    .writeHead(400, {
      'content-type': json ? 'application/x-amz-json-1.1' : 'text/xml',
      'x-amzn-errortype': code,
      date: new Date(clock.now()).toUTCString(),
    })
    .end(json ? JSON.stringify({ __type: code, message }) : errorXml({ service, version: '' }, code, 400, message, ''))
}
