import { isSameText } from '@topic-credentials/project'
import type { Clock } from '../clock.js'
import type { AccessKey } from '../iam/principal.js'
import { canonicalRequest } from './canonical-request.js'
import { type ClaimedSignature, formatTimestamp, readClaimedSignature } from './claimed-signature.js'
import { calculateSignature, stringToSign } from './signature.js'
import { type ErrorDialect, SignatureError } from './signature-error.js'
import { headerValue, type SignedRequest } from './signed-request.js'

interface VerifySettings {
  /** Service names that the credential scope may contain: `['sts']`, `['iotdevicegateway', 'iotdata']`. The first one determines the dialect. */
  readonly service: readonly string[]
  readonly region: string
  readonly clock: Clock
  readonly accessKey: (accessKeyId: string) => AccessKey | undefined
}

/** The differences between services. */
interface ServiceRules {
  readonly dialect: ErrorDialect
  /** Maximum difference of the signer's clock in minutes, in either direction. */
  readonly skewMinutes: number
  /** The IoT gateway expects the session token outside the signed query. */
  readonly tokenUnsigned: boolean
  /** Path and body are signed in S3's way. */
  readonly s3?: boolean
}

// STS's messages say "15 min.", API Gateway's and (by the length of captured bodies) the IoT gateway's "5 min.".
const iotGateway: ServiceRules = { dialect: 'iot', skewMinutes: 5, tokenUnsigned: true }
const restService: ServiceRules = { dialect: 'json', skewMinutes: 5, tokenUnsigned: false }
const rpcService: ServiceRules = { dialect: 'rpc', skewMinutes: 15, tokenUnsigned: false }
const queryService: ServiceRules = { dialect: 'query', skewMinutes: 15, tokenUnsigned: false }
const s3: ServiceRules = { dialect: 's3', skewMinutes: 15, tokenUnsigned: false, s3: true }
const rules: Readonly<Record<string, ServiceRules>> = {
  sts: queryService,
  iam: queryService,
  cloudformation: queryService,
  dynamodb: rpcService,
  ssm: rpcService,
  s3,
  iotdevicegateway: iotGateway,
  // The name for the HTTPS data plane, which the same gateway serves.
  iotdata: iotGateway,
}

const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.'

/**
 * Verifies the signature of a request (Signature Version 4, in the Authorization header or in the query string) and returns the access key
 * with its principal. The body is hashed here, so a request signed without its body (UNSIGNED-PAYLOAD) does not match. Only S3 accepts it,
 * and its service must compare the body with `x-amz-content-sha256`. `X-Amz-Expires` is ignored, as by STS and the IoT gateway.
 *
 * @throws SignatureError with AWS's code, status and text for the first of `service`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
 */
export function verify(request: SignedRequest, settings: VerifySettings): AccessKey {
  const service = rules[settings.service[0] ?? ''] ?? restService
  const claimed = readClaimedSignature(request, service.dialect)
  const refuse = (fault: ConstructorParameters<typeof SignatureError>[0], message: string) =>
    new SignatureError(fault, service.dialect, message, claimed.accessKeyId)

  const wrong = wrongScope(claimed, settings)
  if (wrong) throw refuse('WrongScope', wrong)
  checkTime(claimed, settings.clock.now(), service.skewMinutes, refuse)

  const key = settings.accessKey(claimed.accessKeyId)
  const invalid = 'The security token included in the request is invalid.'
  if (!key) throw refuse('UnknownKey', invalid)
  if (!isSameText(key.sessionToken ?? '', claimed.sessionToken ?? '')) throw refuse('InvalidToken', invalid)
  if (key.expiresAt !== undefined && key.expiresAt <= settings.clock.now()) {
    throw refuse('ExpiredToken', 'The security token included in the request is expired')
  }
  if (!matches(request, claimed, key.secretAccessKey, service)) throw refuse('Mismatch', mismatch)
  return key
}

function wrongScope({ scope, timestamp }: ClaimedSignature, settings: VerifySettings): string | undefined {
  const problems: string[] = []
  if (scope.region !== settings.region) {
    problems.push(`Credential should be scoped to a valid region, not '${scope.region}'. `)
  }
  if (!settings.service.includes(scope.service)) {
    problems.push(`Credential should be scoped to correct service: '${settings.service[0]}'. `)
  }
  const date = timestamp.slice(0, 8)
  if (scope.date !== date) {
    problems.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${date}', from '${timestamp}'.`,
    )
  }
  return problems.length > 0 ? problems.join('') : undefined
}

function checkTime(
  { signedAt, timestamp }: ClaimedSignature,
  now: number,
  minutes: number,
  refuse: (fault: 'Expired' | 'NotYetCurrent', message: string) => SignatureError,
): void {
  const earliest = formatTimestamp(now - minutes * 60_000)
  const latest = formatTimestamp(now + minutes * 60_000)
  const current = formatTimestamp(now)
  if (formatTimestamp(signedAt) < earliest) {
    const message = `Signature expired: ${timestamp} is now earlier than ${earliest} (${current} - ${minutes} min.)`
    throw refuse('Expired', message)
  }
  if (formatTimestamp(signedAt) > latest) {
    const message = `Signature not yet current: ${timestamp} is still later than ${latest} (${current} + ${minutes} min.)`
    throw refuse('NotYetCurrent', message)
  }
}

function matches(
  request: SignedRequest,
  claimed: ClaimedSignature,
  secret: string,
  { tokenUnsigned, s3: asS3 = false }: ServiceRules,
): boolean {
  const omittedParameters = new Set(claimed.form === 'query' ? ['X-Amz-Signature'] : [])
  if (tokenUnsigned && claimed.form === 'query') omittedParameters.add('X-Amz-Security-Token')
  return hostsAsSigned(headerValue(request, 'host') ?? '').some((host) => {
    const form = { signedHeaders: claimed.signedHeaders, omittedParameters, host, s3: asS3 }
    const text = stringToSign(claimed.timestamp, claimed.scope, canonicalRequest(request, form))
    const expected = calculateSignature(secret, claimed.scope, text)
    return isSameText(expected.toString('hex'), claimed.signature)
  })
}

/** As received; if the port is not 443, where AWS never listens, also without the port: some signers always omit it. */
function hostsAsSigned(host: string): readonly string[] {
  const [, name, port] = /^(.*):(\d+)$/u.exec(host) ?? []
  return name === undefined || port === '443' ? [host] : [host, name]
}
