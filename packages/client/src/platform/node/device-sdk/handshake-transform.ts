import { auth, type http } from 'aws-iot-device-sdk-v2'
import type { Handshake } from '../../../connection/handshake.js'

/** AWS_ERROR_UNKNOWN: all that the SDK's hook can report; the real error is kept by the handshake. */
const unknownError = 3

/**
 * The SDK's hook that signs each WebSocket handshake with credentials that are valid at that moment.
 *
 * The SDK's own providers are read once and kept; this hook runs at every connection attempt, the SDK's own reconnects
 * included, and asks each time. This is how a connection survives the expiry of its credentials.
 *
 * @param wanted whether the attempt may go on: one that was given up neither takes the client ID's turn nor connects
 */
export function handshakeTransform(handshake: Handshake, region: string, wanted: () => boolean = () => true) {
  return (request: http.HttpRequest, done: (errorCode?: number) => void): void => {
    const signed = wanted()
      ? sign(request, handshake, region).catch((error: unknown) => handshake.failed(error))
      : Promise.reject(new Error('the attempt was given up'))
    signed.then(
      () => done(wanted() ? undefined : unknownError),
      () => done(unknownError),
    )
  }
}

async function sign(request: http.HttpRequest, handshake: Handshake, region: string): Promise<void> {
  const identity = await handshake.begin()
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
  handshake.signed(identity, request.path)
}
