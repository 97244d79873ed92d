import { connect, fromVendor } from '../../index.js'

/** A program for any runtime: connects without the device SDK, publishes, receives, ends. TARGET: the options of `fromVendor`. */
const vendor = JSON.parse(process.env.TARGET ?? '{}') as Parameters<typeof fromVendor>[0] & { readonly ca: string }
const credentials = fromVendor(vendor)
const session = await connect({ credentials, ca: vendor.ca, transport: 'websocket' })
const messages = session.subscribe('test')
await messages.ready
await session.publish('test', 'hello')
for await (const message of messages) {
  process.stdout.write(`${message.text()}\n`)
  break
}
await session.close()
credentials.close()
