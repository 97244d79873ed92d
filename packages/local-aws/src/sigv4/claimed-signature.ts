import { queryParameters } from './canonical-request.js'
import { algorithm, type CredentialScope, terminator } from './signature.js'
import { type ErrorDialect, SignatureError } from './signature-error.js'
import { headerValue, type SignedRequest } from './signed-request.js'

/** The parts of a request that concern its signature. Unverified. */
export interface ClaimedSignature {
  readonly form: 'header' | 'query'
  readonly accessKeyId: string
  readonly scope: CredentialScope
  readonly signedHeaders: readonly string[]
  /** As sent; hexadecimal if it is valid. */
  readonly signature: string
  /** `YYYYMMDDTHHMMSSZ` as sent, and in milliseconds since the epoch. */
  readonly timestamp: string
  readonly signedAt: number
  readonly sessionToken: string | undefined
}

/** Finds the signature in the Authorization header or in the query string. @throws SignatureError */
export function readClaimedSignature(request: SignedRequest, dialect: ErrorDialect): ClaimedSignature {
  const authorization = headerValue(request, 'authorization')
  const query = new Map(queryParameters(request.query))
  const presigned = query.has('X-Amz-Algorithm') || query.has('X-Amz-Signature') || query.has('X-Amz-Credential')
  if (authorization !== undefined) return fromHeader(request, authorization, dialect)
  if (presigned) return fromQuery(query, dialect)
  throw new SignatureError('MissingAuthentication', dialect, 'Request is missing Authentication Token')
}

function fromHeader(request: SignedRequest, authorization: string, dialect: ErrorDialect): ClaimedSignature {
  const [scheme = '', rest = ''] = authorization.split(/ (.*)/su)
  if (!scheme.startsWith('AWS4-')) {
    throw new SignatureError('MissingAuthentication', dialect, 'Missing Authentication Token')
  }
  if (scheme !== algorithm) throw new SignatureError('Incomplete', dialect, `Unsupported AWS 'algorithm': '${scheme}'.`)
  const parameters = new Map(
    rest.split(',').map((part) => {
      const [, name = '', value = ''] = /^\s*([^=\s]*)=(.*?)\s*$/su.exec(part) ?? []
      return [name, value]
    }),
  )
  const timestamp = headerValue(request, 'x-amz-date') ?? headerValue(request, 'date')
  const missing = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !parameters.get(name))
    .map((name) => `Authorization header requires '${name}' parameter.`)
  if (timestamp === undefined) {
    missing.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
  }
  if (missing.length > 0) {
    throw new SignatureError('Incomplete', dialect, `${missing.join(' ')} Authorization=${scheme}`)
  }
  return assemble('header', parameters, timestamp ?? '', headerValue(request, 'x-amz-security-token'), dialect)
}

function fromQuery(query: ReadonlyMap<string, string>, dialect: ErrorDialect): ClaimedSignature {
  const names = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date']
  const missing = names.filter((name) => !query.get(`X-Amz-${name}`))
  if (missing.length > 0) {
    const text = missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`).join(' ')
    throw new SignatureError('Incomplete', dialect, `${text} Re-examine the query-string parameters.`)
  }
  const used = query.get('X-Amz-Algorithm')
  if (used !== algorithm) throw new SignatureError('Incomplete', dialect, `Unsupported AWS 'algorithm': '${used}'.`)
  const parameters = new Map(names.map((name) => [name, query.get(`X-Amz-${name}`) ?? '']))
  return assemble('query', parameters, parameters.get('Date') ?? '', query.get('X-Amz-Security-Token'), dialect)
}

function assemble(
  form: ClaimedSignature['form'],
  parameters: ReadonlyMap<string, string>,
  timestamp: string,
  sessionToken: string | undefined,
  dialect: ErrorDialect,
): ClaimedSignature {
  const credential = parameters.get('Credential') ?? ''
  const [accessKeyId = '', date = '', region = '', service = '', term = '', ...more] = credential.split('/')
  if (term === '' || more.length > 0) {
    throw new SignatureError(
      'Incomplete',
      dialect,
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential}'`,
    )
  }
  if (term !== terminator) {
    const text = `Credential should be scoped with a valid terminator: '${terminator}', not '${term}'.`
    throw new SignatureError('WrongScope', dialect, text, accessKeyId)
  }
  const signedAt = readTimestamp(timestamp)
  if (Number.isNaN(signedAt)) {
    const text = `Date must be in ISO-8601 'basic format'. Got '${timestamp}'. See http://en.wikipedia.org/wiki/ISO_8601`
    throw new SignatureError('Incomplete', dialect, text, accessKeyId)
  }
  const signedHeaders = (parameters.get('SignedHeaders') ?? '').toLowerCase().split(';')
  if (!signedHeaders.includes('host')) {
    const text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    throw new SignatureError('Mismatch', dialect, text, accessKeyId)
  }
  const signature = parameters.get('Signature') ?? ''
  return {
    form,
    accessKeyId,
    scope: { date, region, service },
    signedHeaders,
    signature,
    timestamp,
    signedAt,
    sessionToken,
  }
}

/** Parses `YYYYMMDDTHHMMSSZ`; NaN if the date does not exist. */
function readTimestamp(text: string): number {
  const time = Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u, '$1-$2-$3T$4:$5:$6Z'))
  return !Number.isNaN(time) && formatTimestamp(time) === text ? time : Number.NaN
}

/** The inverse. */
export function formatTimestamp(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replaceAll(/[-:]/gu, '')}Z`
}
