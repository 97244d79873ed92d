import type { http } from 'aws-iot-device-sdk-v2'
import type { Handshake } from '../../../connection/handshake.js'
import type { VendedIdentity } from '../../../credentials/vendor-options.js'
import { sdk } from './sdk.js'

/** AWS_ERROR_UNKNOWN: the only error that the SDK's hook can report; the handshake stores the real one. */
const unknownError = 3

/**
 * The SDK's hook that signs each WebSocket handshake with current credentials.
 *
 * The SDK's own providers are read once and cached; this hook runs for every connection attempt, including the SDK's own reconnects, and
 * obtains credentials each time. So a connection survives the expiration of its credentials.
 *
 * @param wanted whether the attempt may continue: an abandoned one neither uses the client ID's turn nor connects
 */
export function handshakeTransform(handshake: Handshake, region: string, wanted: () => boolean = () => true) {
  return (request: http.HttpRequest, done: (errorCode?: number) => void): void => {
    const signed = wanted()
      ? handshake.sign((identity) => sign(request, identity, region))
      : Promise.reject(new Error('the attempt was abandoned'))
    signed.then(
      () => done(wanted() ? undefined : unknownError),
      () => done(unknownError),
    )
  }
}

async function sign(request: http.HttpRequest, identity: VendedIdentity, region: string): Promise<string> {
  await sdk.auth.aws_sign_request(request, {
    algorithm: sdk.auth.AwsSigningAlgorithm.SigV4,
    signature_type: sdk.auth.AwsSignatureType.HttpRequestViaQueryParams,
    provider: sdk.auth.AwsCredentialsProvider.newStatic(
      identity.accessKeyId,
      identity.secretAccessKey,
      identity.sessionToken,
    ),
    region,
    service: 'iotdevicegateway',
    date: new Date(Date.now() + identity.clockOffset),
    signed_body_value: sdk.auth.AwsSignedBodyValue.EmptySha256,
    // AWS IoT refuses a session token that is part of the signature: it is appended after signing.
    omit_session_token: true,
  })
  return request.path
}
