import { type ContainerCredentials, encodeUserId, parseVendRequest, type VendResponse } from '@topic-credentials/grants'
import { type AuthorizedEvent, type Caller, verifiedCaller } from './identity/caller.js'
import type { IdentitySettings } from './identity/settings.js'
import type { Log, LogEntry } from './log/log.js'
import { requireOwnApi } from './own-api.js'
import { refusalFor } from './problem.js'
import { type EventBody, requestBody } from './request-body.js'
import { type Vendor, vend } from './vend.js'

/** The members of an HTTP API event (payload format 2.0) that are used. */
export interface VendEvent extends AuthorizedEvent, EventBody {
  readonly requestContext: AuthorizedEvent['requestContext'] & { readonly requestId?: string; readonly apiId?: string }
}

/** Of Lambda's context, what is used. */
export interface VendContext {
  readonly awsRequestId: string
  getRemainingTimeInMillis(): number
}

/** An HTTP response as API Gateway takes it from a function. */
export interface HttpResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Milliseconds kept back for answering when STS does not. */
const timeToAnswer = 500

/** {@link Vendor}, and the one API whose events are answered. */
export interface Respondent extends Vendor {
  readonly apiId: string
}

/** The function's work: answers each request with credentials or a problem, logs it, and never throws. */
export function respondWith(vendor: Respondent, identity: IdentitySettings, log: Log, clock: () => number) {
  return async (given: VendEvent, context: VendContext): Promise<HttpResponse> => {
    const event = withContext(given)
    const started = clock()
    let caller: Caller | undefined
    const write = (entry: Pick<LogEntry, 'outcome' | 'status'> & Partial<LogEntry>): void =>
      log({
        requestId: context.awsRequestId,
        apiRequestId: event.requestContext.requestId,
        route: event.routeKey,
        userId: caller?.userId,
        prover: caller?.prover,
        provenBy: caller?.provenBy,
        ...entry,
        milliseconds: clock() - started,
      })
    try {
      requireOwnApi(event.requestContext, vendor.apiId)
      caller = verifiedCaller(event, identity)
      const stockProvider = event.routeKey.startsWith('GET ')
      const request = stockProvider ? {} : parseVendRequest(requestBody(event))
      const deadline = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - timeToAnswer))
      const vended = await vend(caller, request, vendor, deadline)
      write({ outcome: 'vended', status: 200, ...withoutSecrets(vended) })
      return response(200, 'application/json', stockProvider ? containerCredentials(vended) : vended)
    } catch (error) {
      const { problem, reason } = refusalFor(error, context.awsRequestId)
      const { code: outcome, status, retryAfterSeconds } = problem
      write({ outcome, status, reason })
      const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }
      return response(status, 'application/problem+json', problem, headers)
    }
  }
}

/** Whoever may invoke the function directly can send anything, and gets an answer. */
function withContext(event: VendEvent | null): VendEvent {
  return { routeKey: '', ...event, requestContext: event?.requestContext ?? {} }
}

function response(statusCode: number, contentType: string, body: object, headers = {}): HttpResponse {
  return {
    statusCode,
    // RFC 6749 5.1 asks as much of whoever answers with a token.
    headers: { 'content-type': contentType, 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  }
}

function withoutSecrets(vended: VendResponse): Partial<LogEntry> {
  const { credentials, grants, userId, policyCharacters, policyForm, packedPolicySize, dropped } = vended
  const { accessKeyId, expiration } = credentials
  const policy = { policyCharacters, policyForm, packedPolicySize }
  return { sessionName: encodeUserId(userId), accessKeyId, expiration, grants, ...policy, dropped }
}

/**
 * The form that the container credentials provider of every AWS SDK reads.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
function containerCredentials({ credentials }: VendResponse): ContainerCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration }
}
