/** What is wrong with a request's signature, independent of the service's name for it. */
export type SignatureFault =
  | 'MissingAuthentication'
  | 'Incomplete'
  | 'UnknownKey'
  | 'InvalidToken'
  | 'ExpiredToken'
  | 'WrongScope'
  | 'Expired'
  | 'NotYetCurrent'
  | 'Mismatch'

/** How a service refuses: `query` is the XML of STS and IAM, `json` of the REST services, `rpc` of DynamoDB, `iot` of the IoT gateway's upgrade. */
export type ErrorDialect = 'query' | 'json' | 'rpc' | 's3' | 'iot'

/** A request whose signature cannot be verified. `code`, `status` and `message` are AWS's. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError'
  readonly fault: SignatureFault
  /** `SignatureDoesNotMatch`, `UnrecognizedClientException`, `ForbiddenException`, …, depending on the service. */
  readonly code: string
  /** HTTP status. */
  readonly status: number
  /** The access key ID as sent, for the journal; unverified. */
  readonly accessKeyId: string | undefined

  constructor(fault: SignatureFault, dialect: ErrorDialect, message: string, accessKeyId?: string) {
    super(message)
    const [code, status] = answers[dialect][fault]
    this.fault = fault
    this.code = code
    this.status = status
    this.accessKeyId = accessKeyId
  }
}

type Answer = readonly [code: string, status: number]

/**
 * `query`: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, with ExpiredToken's status as seen on the
 * wire. `json`: the same errors under the names that API Gateway and the JSON services put into `x-amzn-ErrorType`.
 * `rpc`: the same names with status 400, as DynamoDB answers (its developer guide, "Error handling with DynamoDB").
 * `s3`: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 * `iot`: 403 ForbiddenException for everything except what cannot be read, 400 InvalidRequestException (captures by users).
 */
const answers: Readonly<Record<ErrorDialect, Readonly<Record<SignatureFault, Answer>>>> = {
  query: {
    MissingAuthentication: ['MissingAuthenticationToken', 403],
    Incomplete: ['IncompleteSignature', 400],
    UnknownKey: ['InvalidClientTokenId', 403],
    InvalidToken: ['InvalidClientTokenId', 403],
    ExpiredToken: ['ExpiredToken', 403],
    WrongScope: ['SignatureDoesNotMatch', 403],
    Expired: ['SignatureDoesNotMatch', 403],
    NotYetCurrent: ['SignatureDoesNotMatch', 403],
    Mismatch: ['SignatureDoesNotMatch', 403],
  },
  json: {
    MissingAuthentication: ['MissingAuthenticationTokenException', 403],
    Incomplete: ['IncompleteSignatureException', 403],
    UnknownKey: ['UnrecognizedClientException', 403],
    InvalidToken: ['UnrecognizedClientException', 403],
    ExpiredToken: ['ExpiredTokenException', 403],
    WrongScope: ['InvalidSignatureException', 403],
    Expired: ['InvalidSignatureException', 403],
    NotYetCurrent: ['InvalidSignatureException', 403],
    Mismatch: ['InvalidSignatureException', 403],
  },
  rpc: {
    MissingAuthentication: ['MissingAuthenticationTokenException', 400],
    Incomplete: ['IncompleteSignatureException', 400],
    UnknownKey: ['UnrecognizedClientException', 400],
    InvalidToken: ['UnrecognizedClientException', 400],
    ExpiredToken: ['ExpiredTokenException', 400],
    WrongScope: ['InvalidSignatureException', 400],
    Expired: ['InvalidSignatureException', 400],
    NotYetCurrent: ['InvalidSignatureException', 400],
    Mismatch: ['InvalidSignatureException', 400],
  },
  s3: {
    MissingAuthentication: ['AccessDenied', 403],
    Incomplete: ['AuthorizationHeaderMalformed', 400],
    UnknownKey: ['InvalidAccessKeyId', 403],
    InvalidToken: ['InvalidToken', 400],
    ExpiredToken: ['ExpiredToken', 400],
    WrongScope: ['AuthorizationHeaderMalformed', 400],
    Expired: ['RequestTimeTooSkewed', 403],
    NotYetCurrent: ['RequestTimeTooSkewed', 403],
    Mismatch: ['SignatureDoesNotMatch', 403],
  },
  iot: {
    MissingAuthentication: ['ForbiddenException', 403],
    Incomplete: ['InvalidRequestException', 400],
    UnknownKey: ['ForbiddenException', 403],
    InvalidToken: ['ForbiddenException', 403],
    ExpiredToken: ['ForbiddenException', 403],
    WrongScope: ['ForbiddenException', 403],
    Expired: ['ForbiddenException', 403],
    NotYetCurrent: ['ForbiddenException', 403],
    Mismatch: ['ForbiddenException', 403],
  },
}
