// Tests of foreign suites that the stand-in does not pass, with the reason: `aws`, AWS documents a different behaviour, or `suite`, only the
// suite assumes it. A failure that is not listed here is a bug of the stand-in.
const mqttPage = 'https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html'

export const deviations = {
  'paho 3.1.1': {
    test_dollar_topics: {
      by: 'aws',
      why: 'topics that start with $ are reserved: publishing to one ends the connection (reserved-topics page)',
    },
  },
  'paho 5': {
    test_dollar_topics: {
      by: 'aws',
      why: 'topics that start with $ are reserved: publishing to one ends the connection (reserved-topics page)',
    },
    test_subscribe_identifiers: {
      by: 'aws',
      why: `subscription identifiers are not supported, and CONNACK says so (${mqttPage})`,
    },
    test_subscribe_failure: { by: 'aws', why: `a filter that is not granted gets 0x87, not 0x80 (${mqttPage})` },
    test_server_keep_alive: { by: 'suite', why: 'the suite wants the keep-alive that its own broker sets, 60 seconds' },
    test_server_topic_alias: {
      by: 'suite',
      why: 'a server may use topic aliases (§3.3.2.3.4), and AWS does not say that it does',
    },
    test_flow_control2: {
      by: 'suite',
      why: 'it exceeds Receive Maximum with QoS 2, which AWS has not; QoS 1 is acknowledged at once',
    },
  },
  'device SDK, native': {
    'Manual publish acknowledgement - acknowledgment hold': {
      by: 'aws',
      why: 'AWS sends an unacknowledged message again on the open connection, which the stand-in does not model (README)',
    },
  },
  'aws-c-auth, header': {
    'get-relative-unnormalized': {
      by: 'aws',
      why: 'services but S3 normalize the path: this signature is for another one',
    },
    'get-relative-relative-unnormalized': { by: 'aws', why: 'as above' },
    'get-slash-dot-slash-unnormalized': { by: 'aws', why: 'as above' },
    'get-slash-pointless-dot-unnormalized': { by: 'aws', why: 'as above' },
    'get-slash-unnormalized': { by: 'aws', why: 'as above' },
    'get-slashes-unnormalized': { by: 'aws', why: 'as above' },
  },
}
deviations['aws-c-auth, query'] = {
  ...deviations['aws-c-auth, header'],
  'post-sts-header-after': { by: 'aws', why: 'a token that is appended and not signed is taken by IoT alone' },
}
