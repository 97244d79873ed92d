import { type ContainerCredentials, encodeUserId, parseVendRequest, type VendResponse } from '@topic-credentials/grants'
import { type AuthorizedEvent, type Caller, verifiedCaller } from './identity/caller.js'
import type { IdentitySettings } from './identity/settings.js'
import type { Log, LogEntry } from './log/log.js'
import { requireOwnApi } from './own-api.js'
import { refusalFor } from './problem.js'
import { type EventBody, requestBody } from './request-body.js'
import { type Vendor, vend } from './vend.js'

/** The used members of an HTTP API event (payload format 2.0). */
export interface VendEvent extends AuthorizedEvent, EventBody {
  readonly requestContext: AuthorizedEvent['requestContext'] & { readonly requestId?: string; readonly apiId?: string }
}

/** The used part of Lambda's context. */
export interface VendContext {
  readonly awsRequestId: string
  getRemainingTimeInMillis(): number
}

/** An HTTP response in the format that API Gateway expects from a function. */
export interface HttpResponse {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Milliseconds reserved for the response if STS does not respond. */
const timeToAnswer = 500

/** A {@link Vendor} and the only API whose events are accepted. */
export interface Respondent extends Vendor {
  readonly apiId: string
}

/** Responds to each request with credentials or a problem, and logs it. Never throws. */
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

/** The event of a direct invocation can contain anything. It gets a response as well. */
function withContext(event: VendEvent | null): VendEvent {
  return { routeKey: '', ...event, requestContext: event?.requestContext ?? {} }
}

function response(statusCode: number, contentType: string, body: object, headers = {}): HttpResponse {
  return {
    statusCode,
    // RFC 6749 section 5.1 requires this for responses that contain tokens.
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
 * The format that the container credentials provider of every AWS SDK reads.
 *
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 */
function containerCredentials({ credentials }: VendResponse): ContainerCredentials {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = credentials
  return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration }
}
