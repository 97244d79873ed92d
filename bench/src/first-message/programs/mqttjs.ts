// MQTT.js with a URL presigned by the AWS SDK's signer.
import { done, mark, target, topic } from './report.js'

const [{ connectAsync }, { SignatureV4 }, { HttpRequest }, { Hash }] = await Promise.all([
  import('mqtt'),
  import('@smithy/signature-v4'),
  import('@smithy/protocol-http'),
  import('@smithy/hash-node'),
])
mark('imported')
const { endpoint, port, region, ca, identity, suffix } = target
const { accessKeyId, secretAccessKey, sessionToken, vended } = identity
const signer = new SignatureV4({
  service: 'iotdevicegateway',
  region,
  credentials: { accessKeyId, secretAccessKey },
  sha256: Hash.bind(null, 'sha256'),
})
const host = `${endpoint}:${port}`
const request = new HttpRequest({ protocol: 'wss:', hostname: endpoint, port, path: '/mqtt', headers: { host } })
const { query } = await signer.presign(request, { expiresIn: 300 })
// AWS IoT expects the session token outside the signature.
const parameters = new URLSearchParams({ ...(query as Record<string, string>), 'X-Amz-Security-Token': sessionToken })
const client = await connectAsync(`wss://${host}/mqtt?${parameters}`, {
  protocolVersion: 5,
  clientId: vended.clientIdPrefix + suffix,
  ca,
})
mark('connack')
client.on('message', done)
await client.subscribeAsync(topic, { qos: 1 })
mark('suback')
await client.publishAsync(topic, 'hello', { qos: 1 })
