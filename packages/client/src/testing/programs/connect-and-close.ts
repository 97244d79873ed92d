/** A program that connects and closes (also after its connection was cut), or is refused, and has nothing more to do: it must end by itself. Run by `ending.test.ts` and `soak/endings.js`. */
import { connect } from '../../connect.js'
import { fromVendor } from '../../from-vendor.js'

const { url, region, ca, accessKeyId, secretAccessKey, mqtt, refused, cut, publish } = JSON.parse(
  process.env.TARGET ?? '{}',
)
const credentials = fromVendor({ url, region, ca, credentials: { accessKeyId, secretAccessKey } })
let closingAt = performance.now()
const kept: unknown[] = []
if (refused) {
  const allowed = await connect({ credentials, ca, mqtt }).catch(() => undefined)
  if (allowed !== undefined) throw new Error('The connection was not refused')
} else {
  const session = await connect({ credentials, ca, mqtt })
  // An error that a program keeps must not keep the process alive.
  session.on('interrupted', (error) => kept.push(error))
  const back = cut ? new Promise((resolve) => session.once('connected', resolve)) : undefined
  await session.subscribe('test').ready
  await back
  if (publish) await session.publish('test', 'hello')
  closingAt = performance.now()
  await session.close()
}
credentials.close()
const closedAt = performance.now()
/** Prints the milliseconds that closing took, and those from then to the end of the process. */
process.on('exit', () => {
  process.stdout.write(`${Math.round(closedAt - closingAt)} ${Math.round(performance.now() - closedAt)}`)
})
