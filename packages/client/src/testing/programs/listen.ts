/** A program that subscribes, prints its client ID, and listens until it is killed. TARGET: options of `fromVendor`, `options` of `connect`. */
import { connect } from '../../connect.js'
import { fromVendor } from '../../from-vendor.js'

const { options, ...vendor } = JSON.parse(process.env.TARGET ?? '{}')
const session = await connect({ ...options, credentials: fromVendor(vendor), ca: vendor.ca })
await session.subscribe('test').ready
process.stdout.write(session.clientId)
setInterval(() => {}, 60_000)
