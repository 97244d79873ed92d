// Ours from nothing: it vends first.
import { done, mark, TOPIC, target } from './report.js'

const { connect, fromVendor } = await import('@topic-credentials/client')
mark('imported')
const { ca, region, suffix, vendor } = target
const { url, ...credentials } = vendor
const vended = fromVendor({ url, region, ca, credentials })
await vended()
mark('vended')
const session = await connect({ credentials: vended, ca, clientIdSuffix: suffix })
mark('connack')
await session.subscribe(TOPIC, { onMessage: done }).ready
mark('suback')
await session.publish(TOPIC, 'hello')
