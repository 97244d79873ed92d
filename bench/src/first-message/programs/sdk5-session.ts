import { once } from 'node:events'
import type { auth, mqtt5 } from 'aws-iot-device-sdk-v2'
import { done, mark, target, topic } from './report.js'

/** Connects, subscribes, publishes. */
export async function openMqtt5(
  { iot, mqtt5 }: typeof import('aws-iot-device-sdk-v2'),
  credentialsProvider: auth.AwsCredentialsProvider,
  clientId: string,
): Promise<mqtt5.Mqtt5Client> {
  const { endpoint, port, region, ca } = target
  const builder = iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(endpoint, {
    region,
    credentialsProvider,
  })
  builder.withCertificateAuthority(ca)
  builder.withPort(port)
  builder.withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 })
  const client = new mqtt5.Mqtt5Client(builder.build())
  const connected = once(client, 'connectionSuccess')
  client.on('messageReceived', done)
  client.start()
  await connected
  mark('connack')
  await client.subscribe({ subscriptions: [{ topicFilter: topic, qos: 1 }] })
  mark('suback')
  await client.publish({ topicName: topic, payload: 'hello', qos: 1 })
  return client
}
