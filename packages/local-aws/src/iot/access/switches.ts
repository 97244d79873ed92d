/** The confidence that AWS behaves like the default: AWS's own text, an observation, a derivation, or a guess. */
export type Confidence = 'documented' | 'inferred' | 'reported' | 'uncertain'

/** One behaviour of AWS IoT Core that its documentation leaves open. */
export interface SwitchDefinition<Value> {
  readonly default: Value
  readonly values: readonly Value[]
  readonly confidence: Confidence
  /** Where the default comes from. */
  readonly source: string
  /** The effect for the client. */
  readonly about: string
}

const mqttPage = 'https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html'

/** The first value is the default. */
function define<const Values extends readonly unknown[]>(
  values: Values,
  confidence: Confidence,
  source: string,
  about: string,
): SwitchDefinition<Values[number]> {
  return { values, default: values[0], confidence, source, about }
}

/** Every switch with its values (the first is the default), the confidence in the default, and its source. */
export const switchDefinitions = {
  v3ConnectDenied: define(
    ['close', 'connack-0x05'],
    'reported',
    'aws-iot-device-sdk-js-v2#101, aws-iot-device-sdk-cpp-v2#167',
    'MQTT 3.1.1 CONNECT without iot:Connect: the socket closes with no CONNACK, or CONNACK 5 comes first.',
  ),
  v5ConnectDenied: define(
    ['connack-0x87', 'close'],
    'documented',
    `${mqttPage} (CONNACK reason codes)`,
    'MQTT 5 CONNECT without iot:Connect.',
  ),
  v3PublishDenied: define(
    ['close', 'drop'],
    'reported',
    'aws-iot-device-sdk-python-v2#260, aws-crt-python#229',
    'MQTT 3.1.1 PUBLISH without iot:Publish, QoS 0 and 1: the connection closes without PUBACK, or the message vanishes.',
  ),
  v5PublishQos0Denied: define(
    ['disconnect-0x87', 'drop'],
    'uncertain',
    `${mqttPage} lists DISCONNECT 0x87; that QoS 0 triggers it is our reading`,
    'MQTT 5 PUBLISH QoS 0 without iot:Publish.',
  ),
  v5PublishQos1Denied: define(
    ['puback-0x87', 'puback-0x87-and-disconnect'],
    'uncertain',
    `${mqttPage} lists PUBACK 0x87; that the connection stays is MQTT 5's rule`,
    'MQTT 5 PUBLISH QoS 1 without iot:Publish: PUBACK 0x87, and whether the connection stays up.',
  ),
  retainDenied: define(
    ['as-publish', 'publish-without-retain'],
    'uncertain',
    'The effect of a missing iot:RetainPublish is not described',
    'PUBLISH with RETAIN allowed by iot:Publish but not by iot:RetainPublish.',
  ),
  v3SubscribeDenied: define(
    ['close', 'suback-0x80'],
    'reported',
    'aws-iot-device-sdk-js#125 and #112, MQTT.js#1296',
    'MQTT 3.1.1 SUBSCRIBE with a filter without iot:Subscribe: the connection closes, or SUBACK 0x80 for that filter.',
  ),
  v5SubscribeDenied: define(
    ['suback-0x87', 'suback-0x87-and-disconnect'],
    'uncertain',
    `${mqttPage} lists SUBACK 0x87; that the connection stays is MQTT 5's rule`,
    'MQTT 5 SUBSCRIBE with a filter without iot:Subscribe: 0x87 for that filter, and whether the connection stays up.',
  ),
  qos2Subscribe: define(
    ['no-suback', 'grant-qos-1'],
    'documented',
    `${mqttPage} ("doesn't send a PUBACK or SUBACK")`,
    'SUBSCRIBE asking for QoS 2: no answer and no subscription, or a subscription with QoS 1 according to [MQTT-3.2.2-9].',
  ),
  reservedTopic: define(
    ['disconnect', 'deny'],
    'documented',
    'https://docs.aws.amazon.com/iot/latest/developerguide/reserved-topics.html ("can result in a terminated connection")',
    'An operation that AWS does not support on a topic starting with $: the connection ends, or it is answered like a denial.',
  ),
  emptyClientIdV3: define(
    ['assign', 'refuse'],
    'uncertain',
    '[MQTT-3.1.3-6]; AWS documents the assigned $GEN/ name for MQTT 5 only',
    'MQTT 3.1.1 CONNECT with CleanSession and an empty client ID.',
  ),
  credentialExpiry: define(
    ['ignore', 'disconnect', 'deny'],
    'reported',
    'aws-crt-nodejs#423, pysesame3#36: connections outlive their credentials, up to the 24 hours of a WebSocket',
    'What expiry of the credentials that signed the handshake does to an open connection: nothing, an end, or denials.',
  ),
  sessionResume: define(
    ['any-principal', 'same-principal'],
    'uncertain',
    `${mqttPage}: sessions are keyed by client ID; nothing is said about who resumes them`,
    'Whether a persistent session may be resumed by another principal (a new role session) with the same client ID.',
  ),
  sharedReceiveResource: define(
    ['either', 'topic', 'share'],
    'reported',
    "AWS's shared-subscription samples grant both topic/<topic> and topic/$share/<group>/<topic>",
    'Which ARN iot:Receive is checked on for a shared subscription.',
  ),
  subscriptionQuotaExceeded: define(
    ['suback-and-close', 'suback'],
    'documented',
    'https://docs.aws.amazon.com/general/latest/gr/iot-core.html ("may be rejected and the connection is closed")',
    'More than 50 subscriptions on a connection.',
  ),
  publishQuotaExceeded: define(
    ['discard', 'puback-0x97'],
    'documented',
    'https://docs.aws.amazon.com/general/latest/gr/iot-core.html ("discarded"); aws-c-mqtt: no PUBACK',
    'More than 100 publishes per second on a connection, MQTT 5 QoS 1: silence, or PUBACK 0x97.',
  ),
  redelivery: define(
    ['new-packet-id', 'dup'],
    'documented',
    `${mqttPage} ("might be sent with a different packet ID. In these cases, the DUP flag is not set")`,
    'A QoS 1 message without PUBACK at the next connection of its session: with another packet identifier and without DUP, or according to [MQTT-3.3.1-1] and [MQTT-4.4.0-1].',
  ),
  httpDenied: define(
    ['forbidden-403', 'unauthorized-401'],
    'reported',
    'aws-cli users see ForbiddenException; the service model lists UnauthorizedException for Publish',
    'An HTTPS operation that IAM does not allow.',
  ),
  oversizedV5: define(
    ['disconnect-0x97', 'disconnect-0x95'],
    'uncertain',
    `${mqttPage} lists 0x97 among the codes it sends and not 0x95, "including but not limited to"`,
    'MQTT 5 PUBLISH over the payload or packet limit.',
  ),
} as const

type Definitions = typeof switchDefinitions
/** One value for each switch. */
export type Switches = { readonly [Name in keyof Definitions]: Definitions[Name]['values'][number] }

/**
 * The defaults with some switches set.
 * @throws RangeError for an unknown switch or value, naming what is possible.
 * @example resolveSwitches({ credentialExpiry: 'disconnect' })
 */
export function resolveSwitches(chosen: Partial<Switches> = {}): Switches {
  for (const [name, value] of Object.entries(chosen)) {
    const known = Object.hasOwn(switchDefinitions, name) ? switchDefinitions[name as keyof Switches] : undefined
    if (known === undefined) {
      throw new RangeError(`No switch is called '${name}'. There are: ${Object.keys(switchDefinitions).join(', ')}.`)
    }
    if (!(known.values as readonly unknown[]).includes(value)) {
      throw new RangeError(`Switch ${name} cannot be '${value}'. It can be: ${known.values.join(', ')}.`)
    }
  }
  const defaults = Object.fromEntries(
    Object.entries(switchDefinitions).map(([name, { default: value }]) => [name, value]),
  )
  return { ...(defaults as Switches), ...chosen }
}
