import { auth, iot, type mqtt5 } from 'aws-iot-device-sdk-v2'
import type { Target } from './subscriber.js'

interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

/** The configuration that the SDK's own builder creates for fixed credentials. */
export function clientConfig(
  { endpoint, port, region, ca }: Target,
  { accessKeyId, secretAccessKey, sessionToken }: Keys,
  clientId: string,
): mqtt5.Mqtt5ClientConfig {
  const credentialsProvider = auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken)
  const settings = { region, credentialsProvider }
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(endpoint, settings)
  builder.withCertificateAuthority(ca)
  builder.withPort(port)
  builder.withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 })
  return builder.build()
}

export function textOf({ payload }: mqtt5.PublishPacket): string {
  return Buffer.from(payload as ArrayBuffer).toString()
}
