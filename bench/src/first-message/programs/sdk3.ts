// The plain device SDK with MQTT 3.1.1, as in its samples.
import { done, mark, target, topic } from './report.js'

const { auth, iot, mqtt } = await import('aws-iot-device-sdk-v2')
mark('imported')
const { endpoint, port, region, ca, identity, suffix } = target
const { accessKeyId, secretAccessKey, sessionToken } = identity
const credentialsProvider = auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken)
const config = iot.AwsIotMqttConnectionConfigBuilder.new_with_websockets({
  region,
  credentials_provider: credentialsProvider,
})
  .with_certificate_authority(ca)
  .with_endpoint(endpoint)
  .with_port(port)
  .with_client_id(identity.vended.clientIdPrefix + suffix)
  .with_clean_session(true)
  .build()
const connection = new mqtt.MqttClient().new_connection(config)
await connection.connect()
mark('connack')
await connection.subscribe(topic, mqtt.QoS.AtLeastOnce, done)
mark('suback')
await connection.publish(topic, 'hello', mqtt.QoS.AtLeastOnce)
