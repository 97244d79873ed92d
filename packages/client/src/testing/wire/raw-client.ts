import { once } from 'node:events'
import { auth, io, iot, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2'
import { type Endpoint, parseEndpoint } from '../../connection/endpoint.js'
import type { VendedIdentity } from '../../credentials/vendor-options.js'
import { collectSoon } from '../../platform/node/device-sdk/native-ending.js'

/** The broker's decision: a reason code with MQTT 5, the end of the connection with MQTT 3.1.1. */
export type Outcome = 'allowed' | 'refused'

/** A program without our client: the device SDK as AWS documents it, with vended credentials. */
export interface RawClient extends AsyncDisposable {
  connect(): Promise<Outcome>
  subscribe(filter: string): Promise<Outcome>
  publish(topic: string, payload: string): Promise<Outcome>
  /** The next message, as `topic payload`. */
  receive(): Promise<string>
}

export interface RawClientOptions {
  readonly identity: VendedIdentity
  readonly clientId: string
  readonly ca: string | undefined
}

export function rawClient(version: 3 | 5, options: RawClientOptions): RawClient {
  return version === 3 ? new RawMqtt3(options) : new RawMqtt5(options)
}

/** Received messages, in order. */
class Inbox {
  readonly #messages: string[] = []
  #wake = () => {}

  push(topic: string, payload: ArrayBuffer | Uint8Array): void {
    this.#messages.push(`${topic} ${new TextDecoder().decode(payload)}`)
    this.#wake()
  }

  async next(): Promise<string> {
    for (;;) {
      const message = this.#messages.shift()
      if (message !== undefined) return message
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}

class RawMqtt5 implements RawClient {
  #client: mqtt5.Mqtt5Client | undefined
  readonly #inbox = new Inbox()

  constructor({ identity, clientId, ca }: RawClientOptions) {
    const { host, port } = endpointOf(identity.vended.endpoint)
    const { accessKeyId, secretAccessKey, sessionToken } = identity
    const builder = iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithSigv4Auth(host, {
      region: identity.vended.region,
      credentialsProvider: auth.AwsCredentialsProvider.newStatic(accessKeyId, secretAccessKey, sessionToken),
    })
    builder.withPort(port).withConnectProperties({ clientId, keepAliveIntervalSeconds: 60 })
    if (ca !== undefined) builder.withCertificateAuthority(ca)
    const client = new mqtt5.Mqtt5Client(builder.build())
    client.on('error', () => {})
    client.on('messageReceived', ({ message }) => this.#inbox.push(message.topicName, message.payload as ArrayBuffer))
    this.#client = client
  }

  async connect(): Promise<Outcome> {
    const client = this.#open()
    const connected = once(client, 'connectionSuccess').then((): Outcome => 'allowed')
    const failed = once(client, 'connectionFailure').then((): Outcome => 'refused')
    client.start()
    return Promise.race([connected, failed])
  }

  async subscribe(filter: string): Promise<Outcome> {
    const { reasonCodes } = await this.#open().subscribe({ subscriptions: [{ topicFilter: filter, qos: 1 }] })
    return (reasonCodes[0] ?? 0x80) < 0x80 ? 'allowed' : 'refused'
  }

  async publish(topic: string, payload: string): Promise<Outcome> {
    const puback = await this.#open().publish({ topicName: topic, payload, qos: 1 })
    return puback === undefined || puback.reasonCode >= 0x80 ? 'refused' : 'allowed'
  }

  receive(): Promise<string> {
    return this.#inbox.next()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#open()
    this.#client = undefined
    const stopped = once(client, 'stopped')
    client.stop()
    await stopped
    client.close()
    collectSoon()
  }

  #open(): mqtt5.Mqtt5Client {
    if (this.#client !== undefined) return this.#client
    throw new Error('The client is closed')
  }
}

class RawMqtt3 implements RawClient {
  readonly #connection: mqtt.MqttClientConnection
  readonly #inbox = new Inbox()
  #connected = false

  constructor({ identity, clientId, ca }: RawClientOptions) {
    const { host, port } = endpointOf(identity.vended.endpoint)
    const { accessKeyId, secretAccessKey, sessionToken } = identity
    const builder = iot.AwsIotMqttConnectionConfigBuilder.new_with_websockets()
      .with_endpoint(host)
      .with_port(port)
      .with_client_id(clientId)
      .with_clean_session(true)
      .with_credentials(identity.vended.region, accessKeyId, secretAccessKey, sessionToken)
    if (ca !== undefined) builder.with_certificate_authority(ca)
    this.#connection = new mqtt.MqttClient(new io.ClientBootstrap()).new_connection(builder.build())
    this.#connection.on('error', () => {})
    this.#connection.on('message', (topic, payload) => this.#inbox.push(topic, payload))
  }

  async connect(): Promise<Outcome> {
    this.#connected = await this.#connection.connect().then(
      () => true,
      () => false,
    )
    return this.#connected ? 'allowed' : 'refused'
  }

  subscribe(filter: string): Promise<Outcome> {
    return this.#outcome(
      this.#connection.subscribe(filter, mqtt.QoS.AtLeastOnce).then(({ qos }) => (qos ?? 0x80) < 0x80),
    )
  }

  publish(topic: string, payload: string): Promise<Outcome> {
    return this.#outcome(this.#connection.publish(topic, payload, mqtt.QoS.AtLeastOnce).then(() => true))
  }

  receive(): Promise<string> {
    return this.#inbox.next()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#connected) await this.#connection.disconnect()
  }

  async #outcome(answered: Promise<boolean>): Promise<Outcome> {
    const interrupted = once(this.#connection, 'interrupt').then(() => false)
    const allowed = await Promise.race([answered.catch(() => false), interrupted])
    return allowed ? 'allowed' : 'refused'
  }
}

/** Parses an endpoint. Throws if it is not valid. */
export function endpointOf(text: string): Endpoint {
  const endpoint = parseEndpoint(text)
  if (endpoint === undefined) throw new Error(`${text} is no endpoint`)
  return endpoint
}
