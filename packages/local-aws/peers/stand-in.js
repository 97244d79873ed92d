// The stand-in as foreign suites need it: everything may be done but subscribe to the one topic that paho's ask to be refused, and no quota is in the way that their authors did not know of.
import { deny, everything, startTestAccount } from '../dist/iot/testing/test-account.js'

const limits = {
  connectsPerSecondPerClientId: 1000,
  publishesPerSecond: 10_000,
  keepAliveSeconds: { minimum: 1, maximum: 1200 },
}
/** Where AWS's ways of refusing would end a suite's connection, the switch for an answer. */
const switches = { v3SubscribeDenied: 'suback-0x80' }

/** @param options of the data plane, such as a region that a suite signs for */
export async function startPeersAccount(options = {}) {
  const account = await startTestAccount({ limits, switches, ...options })
  return { account, identity: account.session([...everything, deny('Subscribe', 'topicfilter/test/nosubscribe')]) }
}
