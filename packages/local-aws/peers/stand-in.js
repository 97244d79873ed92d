// The stand-in as foreign suites need it: everything is allowed except subscribing to the one topic that paho expects to be refused, and quotas unknown to the suites are off.
import { deny, everything, startTestAccount } from '../dist/iot/testing/test-account.js'

const limits = {
  connectsPerSecondPerClientId: 1000,
  publishesPerSecond: 10_000,
  keepAliveSeconds: { minimum: 1, maximum: 1200 },
}
/** If AWS's way of refusing would end a suite's connection, a switch selects a response instead. */
const switches = { v3SubscribeDenied: 'suback-0x80' }

/** @param options of the data plane, such as the Region for which a suite signs */
export async function startPeersAccount(options = {}) {
  const account = await startTestAccount({ limits, switches, ...options })
  return { account, identity: account.session([...everything, deny('Subscribe', 'topicfilter/test/nosubscribe')]) }
}
