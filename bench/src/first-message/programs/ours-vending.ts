// Our client, including the request for credentials.
import { done, mark, target, topic } from './report.js'

const { connect, fromVendor } = await import('@topic-credentials/client')
mark('imported')
const { ca, region, suffix } = target
const { url, ...key } = target.vendor
const vendor = fromVendor({ url, region, ca, credentials: key })
async function vendAndMark(options?: { readonly signal?: AbortSignal }) {
  const identity = await vendor(options)
  mark('vended')
  return identity
}
const session = await connect({
  credentials: Object.assign(vendAndMark, vendor),
  ca,
  clientIdSuffix: suffix,
  transport: process.env.TRANSPORT === 'websocket' ? 'websocket' : 'device-sdk',
})
mark('connack')
await session.subscribe(topic, { onMessage: done }).ready
mark('suback')
await session.publish(topic, 'hello')
