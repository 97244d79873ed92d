import { auth, type http } from 'aws-iot-device-sdk-v2'
import type { VendedIdentity } from './credentials-cache.js'
import { TopicCredentialsError } from './errors.js'
import type { VendedCredentialsProvider } from './from-vendor.js'
import { abortable, sleep } from './waiting.js'

/** What handshakes are signed with. */
export interface HandshakeOptions {
  readonly credentials: VendedCredentialsProvider
  readonly region: string
  /** Least milliseconds between two handshakes: AWS takes one CONNECT a second from a client ID, and refuses a second one. */
  readonly intervalMs: number
  /** Ends whatever the handshake waits for. */
  readonly closing: AbortSignal
}

/** What the last connection attempt was signed with, for whoever has to explain why it failed. */
export interface HandshakeAttempt {
  readonly identity?: VendedIdentity
  /** Path and query as signed. Holds the session token: not for logs. */
  readonly path?: string
  /** Why there was no signature: the provider's own error. */
  readonly error?: unknown
}

/** How long an open connection waits for credentials. Longer waits belong before it is opened: see `prepare`. */
const patienceMs = 10_000

/** AWS_ERROR_UNKNOWN: all that the SDK's hook can report; the real error is kept in `attempt`. */
const unknownError = 3

/**
 * Signs each WebSocket handshake with credentials that are valid at that moment.
 *
 * The SDK's own providers are read once and kept; this hook runs at every connection attempt, the SDK's own reconnects
 * included, and asks the provider each time. That is the whole secret of surviving expiry.
 */
export class HandshakeSigner {
  readonly #options: HandshakeOptions
  #lastAt = Number.NEGATIVE_INFINITY
  attempt: HandshakeAttempt = {}

  constructor(options: HandshakeOptions) {
    this.#options = options
  }

  /** To be given to the SDK as its handshake transform. */
  readonly transform = (request: http.HttpRequest, done: (errorCode?: number) => void): void => {
    this.#sign(request).then(
      () => done(),
      (error: unknown) => {
        this.attempt = { error }
        done(unknownError)
      },
    )
  }

  /**
   * Has credentials ready before a connection is opened, however long that takes.
   *
   * @throws what the provider throws, kept in `attempt` as well
   */
  async prepare(): Promise<void> {
    this.attempt = {}
    const { credentials, closing } = this.#options
    await credentials({ signal: closing }).catch((error: unknown) => {
      this.attempt = { error }
      throw error
    })
  }

  async #sign(request: http.HttpRequest): Promise<void> {
    this.attempt = {}
    const { region, intervalMs, closing } = this.#options
    const wait = this.#lastAt + intervalMs - performance.now()
    if (wait > 0) await sleep(wait, closing)
    closing.throwIfAborted()
    const identity = await this.#credentialsSoon()
    this.#lastAt = performance.now()
    await auth.aws_sign_request(request, {
      algorithm: auth.AwsSigningAlgorithm.SigV4,
      signature_type: auth.AwsSignatureType.HttpRequestViaQueryParams,
      provider: auth.AwsCredentialsProvider.newStatic(
        identity.accessKeyId,
        identity.secretAccessKey,
        identity.sessionToken,
      ),
      region,
      service: 'iotdevicegateway',
      date: new Date(Date.now() + identity.clockOffset),
      signed_body_value: auth.AwsSignedBodyValue.EmptySha256,
      // AWS IoT refuses a token that is part of the signature: it is appended after signing.
      omit_session_token: true,
    })
    this.attempt = { identity, path: request.path }
  }

  async #credentialsSoon(): Promise<VendedIdentity> {
    const { credentials, closing } = this.#options
    const patience = AbortSignal.timeout(patienceMs)
    try {
      return await abortable(credentials({ signal: closing }), patience)
    } catch (error) {
      if (!patience.aborted || closing.aborted) throw error
      throw new TopicCredentialsError(`The credential vendor has not answered within ${patienceMs / 1000} s`, {
        code: 'vendor_unavailable',
        remedy: 'The connection is opened when it has. If it does not, look at the vending function’s log and alarms.',
      })
    }
  }
}
