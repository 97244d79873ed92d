import { auth, type http } from 'aws-iot-device-sdk-v2'
import type { VendedCredentialsProvider, VendedIdentity } from './from-vendor.js'
import { sleep } from './waiting.js'

/** AWS takes one CONNECT a second from each client ID; a second one within it is refused. */
const CONNECT_INTERVAL_MS = 1_000

/** What the last connection attempt was signed with, for whoever has to explain why it failed. */
export interface HandshakeAttempt {
  readonly identity?: VendedIdentity
  /** Path and query as signed. Holds the session token: not for logs. */
  readonly path?: string
  /** Why there was no signature: the provider's own error. */
  readonly error?: unknown
}

/** AWS_ERROR_UNKNOWN: all that the SDK's hook can report; the real error is kept in `attempt`. */
const UNKNOWN_ERROR = 3

/**
 * Signs each WebSocket handshake with credentials that are valid at that moment.
 *
 * The SDK's own providers are read once and kept; this hook runs at every connection attempt, the SDK's own reconnects
 * included, and asks the provider each time. That is the whole secret of surviving expiry.
 */
export class HandshakeSigner {
  readonly #credentials: VendedCredentialsProvider
  readonly #region: string
  readonly #closing: AbortSignal
  #lastAttemptAt = Number.NEGATIVE_INFINITY
  attempt: HandshakeAttempt = {}

  constructor(credentials: VendedCredentialsProvider, region: string, closing: AbortSignal) {
    this.#credentials = credentials
    this.#region = region
    this.#closing = closing
  }

  /** To be given to the SDK as its handshake transform. */
  readonly transform = (request: http.HttpRequest, done: (errorCode?: number) => void): void => {
    this.#sign(request).then(
      () => done(),
      (error: unknown) => {
        this.attempt = { error }
        done(UNKNOWN_ERROR)
      },
    )
  }

  async #sign(request: http.HttpRequest): Promise<void> {
    this.attempt = {}
    const wait = this.#lastAttemptAt + CONNECT_INTERVAL_MS - performance.now()
    if (wait > 0) await sleep(wait, this.#closing)
    this.#closing.throwIfAborted()
    const identity = await this.#credentials({ signal: this.#closing })
    this.#lastAttemptAt = performance.now()
    await auth.aws_sign_request(request, {
      algorithm: auth.AwsSigningAlgorithm.SigV4,
      signature_type: auth.AwsSignatureType.HttpRequestViaQueryParams,
      provider: auth.AwsCredentialsProvider.newStatic(
        identity.accessKeyId,
        identity.secretAccessKey,
        identity.sessionToken,
      ),
      region: this.#region,
      service: 'iotdevicegateway',
      date: new Date(Date.now() + identity.clockOffset),
      signed_body_value: auth.AwsSignedBodyValue.EmptySha256,
      // AWS IoT refuses a token that is part of the signature: it is appended after signing.
      omit_session_token: true,
    })
    this.attempt = { identity, path: request.path }
  }
}
