// The programs and the expected results. Every refusal has an allowed counterpart.
import { fileURLToPath } from 'node:url'

const scriptPath = fileURLToPath(new URL('assume_and_listen.py', import.meta.url))
function allowed(says) {
  return { outcome: 'allowed', says }
}
function refused(says) {
  return { outcome: 'refused', says }
}

/** A case: the operation, the identity (see test-stack.js), the arguments, and the expected result. */
export function awsCli({ roleArn }) {
  const assume = ['sts', 'assume-role', '--role-arn', roleArn, '--role-session-name', 'me', '--output', 'text']
  const assumed = [...assume, '--query', 'AssumedRoleUser.Arn']
  const identity = ['sts', 'get-caller-identity', '--query', 'Arn', '--output', 'text']
  const publish = (topic) => ['iot-data', 'publish', '--topic', topic, '--qos', '1', '--payload', 'aGVsbG8=']
  return [
    ['get-caller-identity, developer', 'developer', identity, allowed(/:user\/developer$/u)],
    ['get-caller-identity, wrong secret key', 'tampered', identity, refused(/\(SignatureDoesNotMatch\)/u)],
    ['get-caller-identity, vended', 'vended', identity, allowed(/:assumed-role\/.+\/developer$/u)],
    [
      'assume-role, developer',
      'developer',
      assumed,
      refused(/\(AccessDenied\).*is not authorized to perform: sts:Ass/u),
    ],
    ['assume-role, the vendor', 'vendor', assumed, allowed(/:assumed-role\/.+\/me$/u)],
    ['iot-data publish to test, vended', 'vended', publish('test'), allowed(/^$/u)],
    ['iot-data publish to other, vended', 'vended', publish('other'), refused(/\(ForbiddenException\)/u)],
    ['iot-data publish to test, developer', 'developer', publish('test'), refused(/\(ForbiddenException\)/u)],
  ]
}

export function curl({ region, credentialsUrl }) {
  // The keys are passed on standard input, because all users of a machine can read command lines. The output is withheld for the same reason.
  const script = `body=$(printf 'user = "%s:%s"\\n' "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" |
    curl --silent --config - --cacert "$AWS_CA_BUNDLE" --aws-sigv4 "aws:amz:$1:execute-api" --fail-with-body \
      --header content-type:application/json --data "$3" "$2") || { echo "$body" >&2; exit 1; }; echo credentials`
  const post = (body) => ['-c', script, 'sh', region, credentialsUrl, body]
  return [
    ['POST /credentials', 'developer', post('{"publish":["test"]}'), allowed(/^credentials$/u)],
    [
      'POST /credentials for a topic not granted',
      'developer',
      post('{"publish":["other"]}'),
      refused(/"status":403.*\bother\b/u),
    ],
    [
      'POST /credentials, wrong secret key',
      'tampered',
      post('{"publish":["test"]}'),
      refused(/^\{"message":"Forbidden"\}$/u),
    ],
  ]
}

export function boto3({ roleArn }) {
  const assume = [scriptPath, 'assume', roleArn, 'test']
  return [
    ['AssumeRole, developer', 'developer', assume, refused(/\(AccessDenied\).*sts:AssumeRole/u)],
    ['AssumeRole, the vendor', 'vendor', assume, allowed(/:assumed-role\/.+\/session$/u)],
  ]
}

/** With MQTT 3.1.1, AWS IoT refuses by closing the connection; MQTT 5 has reason code 0x87, not authorized. */
export function mqtt(library, version) {
  return (stack) => {
    const listen = (topic, ...more) => [
      ...[scriptPath, 'listen', stack.credentialsUrl, topic, '--library', library, '--mqtt', version],
      ...more,
    ]
    const [v5, awscrt] = [version === '5', library === 'awscrt']
    const connect = v5 ? /CONNACK 0x87/u : awscrt ? /AWS_ERROR_MQTT_UNEXPECTED_HANGUP/u : /closed before CONNACK/u
    // The device SDK may report the failed request before the closed connection.
    const subscribe = v5 ? /SUBACK 0x87/u : /closed before SUBACK|AWS_ERROR_MQTT_CANCELLED_FOR_CLEAN_SESSION/u
    return [
      ['subscribe and publish to test', 'developer', listen('test'), allowed(/got back what it published to test/u)],
      ['subscribe to other', 'developer', listen('other'), refused(subscribe)],
      ...(v5
        ? []
        : [
            [
              'publish to other',
              'developer',
              listen('test', '--publish-to', 'other'),
              refused(/closed before message/u),
            ],
          ]),
      ['connect as another user', 'developer', listen('test', '--client-id', 'bob:1'), refused(connect)],
      [
        'WebSocket signed with a wrong secret key',
        'developer',
        listen('test', '--tamper'),
        refused(awscrt ? /AWS_ERROR_HTTP_WEBSOCKET_UPGRADE_FAILURE/u : /the WebSocket was refused/u),
      ],
    ]
  }
}

/**
 * mosquitto's clients cannot send a signed query: up to 2.0 they have no WebSockets, and 2.1's --ws has no option for the path. So they can
 * only show that unsigned clients are refused; the programs above are the allowed counterparts.
 */
export function mosquitto(webSocket) {
  return ({ iotPort, caFile }) => {
    const server = ['-h', 'localhost', '-p', String(iotPort), '--cafile', caFile, ...(webSocket ? ['--ws'] : [])]
    const how = webSocket ? 'unsigned WebSocket' : 'MQTT without WebSocket'
    const lost = refused(/connection was lost|refused|Error|Protocol error/iu)
    return [
      [
        `mosquitto_pub to test, ${how}`,
        'developer',
        ['mosquitto_pub', ...server, '-t', 'test', '-m', 'hello', '-q', '1'],
        lost,
      ],
      [
        `mosquitto_sub test, ${how}`,
        'developer',
        ['mosquitto_sub', ...server, '-t', 'test', '-C', '1', '-W', '5'],
        lost,
      ],
    ]
  }
}

export const librariesOf = [scriptPath, 'libraries']
