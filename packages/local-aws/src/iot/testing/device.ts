import { once } from 'node:events'
import { iot, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2'

/** A program on the real device SDK: does what `DEVICE` (JSON) says, prints what it saw as JSON, exits. */
interface Orders {
  readonly port: number
  readonly ca: string
  readonly region: string
  readonly credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
  readonly clientId: string
  readonly mqtt: 3 | 5
  readonly subscribe?: string
  /** Topics to publish to, in order, QoS 1. */
  readonly publish?: readonly string[]
  /** Waits for a message on this topic. */
  readonly receive?: string
}

/** Reason codes, or the SDK's error name. */
export interface Sightings {
  connect?: number | string
  subscribe?: number | string
  publish: (number | string)[]
  received: string[]
  interrupted?: number | string
}

const orders: Orders = JSON.parse(process.env.DEVICE ?? '{}')
const seen: Sightings = { publish: [], received: [] }

function report(): never {
  process.stdout.write(`${JSON.stringify(seen)}\n`)
  process.exit(0)
}

/** `AWS_ERROR_…`; where the SDK gives none, it is in the text. */
function nameOf(error: unknown): string {
  return /AWS_\w+/u.exec(String((error as { error_name?: string }).error_name ?? error))?.[0] ?? String(error)
}

async function runMqtt5(): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = orders.credentials
  const { AwsIotMqtt5ClientConfigBuilder: Builder } = iot
  const { auth } = await import('aws-iot-device-sdk-v2')
  const credentialsProvider = auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken)
  const config = Builder.newWebsocketMqttBuilderWithSigv4Auth('localhost', {
    region: orders.region,
    credentialsProvider,
  })
    .withCertificateAuthority(orders.ca)
    .withPort(orders.port)
    .withConnectProperties({ clientId: orders.clientId, keepAliveIntervalSeconds: 60 })
    .build()
  const client = new mqtt5.Mqtt5Client(config)
  const arrived = new Promise<void>((resolve) => {
    client.on('messageReceived', ({ message }) => {
      seen.received.push(message.topicName)
      if (message.topicName === orders.receive) resolve()
    })
  })
  client.on('disconnection', ({ disconnect, error }) => {
    seen.interrupted = disconnect?.reasonCode ?? nameOf(error)
    report()
  })
  client.on('connectionFailure', ({ connack, error }) => {
    seen.connect = connack?.reasonCode ?? nameOf(error)
    report()
  })
  const connected = once(client, 'connectionSuccess')
  client.start()
  await connected
  seen.connect = 0
  if (orders.subscribe !== undefined) {
    const suback = await client.subscribe({ subscriptions: [{ topicFilter: orders.subscribe, qos: 1 }] })
    seen.subscribe = suback.reasonCodes[0] ?? -1
  }
  for (const topicName of orders.publish ?? []) {
    const puback = await client.publish({ topicName, qos: 1, payload: 'x' })
    seen.publish.push(puback?.reasonCode ?? -1)
  }
  if (orders.receive !== undefined) await arrived
}

async function runMqtt3(): Promise<void> {
  const { accessKeyId, secretAccessKey, sessionToken } = orders.credentials
  const config = iot.AwsIotMqttConnectionConfigBuilder.new_builder_for_websocket()
    .with_credentials(orders.region, accessKeyId, secretAccessKey, sessionToken)
    .with_certificate_authority(orders.ca)
    .with_endpoint('localhost')
    .with_port(orders.port)
    .with_client_id(orders.clientId)
    .with_clean_session(true)
    .build()
  const connection = new mqtt.MqttClient().new_connection(config)
  connection.on('error', () => undefined)
  connection.on('interrupt', (error) => {
    seen.interrupted = nameOf(error)
    report()
  })
  const arrived = new Promise<void>((resolve) => {
    connection.on('message', (topic) => {
      seen.received.push(topic)
      if (topic === orders.receive) resolve()
    })
  })
  try {
    await connection.connect()
    seen.connect = 0
  } catch (error) {
    seen.connect = nameOf(error)
    report()
  }
  if (orders.subscribe !== undefined) {
    const { qos = -1 } = await connection.subscribe(orders.subscribe, mqtt.QoS.AtLeastOnce)
    seen.subscribe = qos
  }
  for (const topic of orders.publish ?? []) {
    await connection.publish(topic, 'x', mqtt.QoS.AtLeastOnce)
    seen.publish.push(0)
  }
  if (orders.receive !== undefined) await arrived
}

// A closed connection also rejects what was under way, which may come before the event that says why.
const interrupted = new Promise<void>((resolve) => setTimeout(resolve, 5000))
try {
  await (orders.mqtt === 5 ? runMqtt5() : runMqtt3())
} catch {
  await interrupted
}
report()
