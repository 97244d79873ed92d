import { once } from 'node:events'
import { auth, type http, mqtt5 } from 'aws-iot-device-sdk-v2'
import { topic } from '../topic.js'
import { clientConfig, textOf } from './bare-sdk.js'
import type { Subscribe } from './subscriber.js'

/** The plain SDK with a hook that signs each handshake with current credentials; all other settings are the defaults. */
export const subscribe: Subscribe = async ({ target, credentials, received, connected }) => {
  const clientId = `${(await credentials()).vended.clientIdPrefix}hooked`
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials()
  const config = clientConfig(target, { accessKeyId, secretAccessKey, sessionToken }, clientId)
  config.sessionBehavior = mqtt5.ClientSessionBehavior.RejoinPostSuccess
  config.connectProperties = { clientId, keepAliveIntervalSeconds: 60, sessionExpiryIntervalSeconds: 3600 }
  // Real renewals are an hour apart, here a second or two: with the default, the delays would double each time.
  config.minConnectedTimeToResetReconnectDelayMs = 500
  config.websocketHandshakeTransform = async (request: http.HttpRequest, done: (errorCode?: number) => void) => {
    try {
      const fresh = await credentials()
      await auth.aws_sign_request(request, {
        algorithm: auth.AwsSigningAlgorithm.SigV4,
        signature_type: auth.AwsSignatureType.HttpRequestViaQueryParams,
        provider: auth.AwsCredentialsProvider.newStatic(fresh.accessKeyId, fresh.secretAccessKey, fresh.sessionToken),
        region: target.region,
        service: 'iotdevicegateway',
        signed_body_value: auth.AwsSignedBodyValue.EmptySha256,
        omit_session_token: true,
      })
      done()
    } catch {
      done(3)
    }
  }
  const client = new mqtt5.Mqtt5Client(config)
  client.on('messageReceived', ({ message }) => received(textOf(message)))
  const first = once(client, 'connectionSuccess')
  client.start()
  await first
  await client.subscribe({ subscriptions: [{ topicFilter: topic, qos: 1 }] })
  client.on('connectionSuccess', connected)
  return clientId
}
