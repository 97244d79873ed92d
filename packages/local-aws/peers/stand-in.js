// The stand-in as foreign suites need it: everything may be done but subscribe to the one topic that paho's ask to be refused, and no quota is in the way that their authors did not know of.
import { deny, everything, startTestAccount } from '../dist/iot/testing/test-account.js'

const limits = {
  connectsPerSecondPerClientId: 1000,
  publishesPerSecond: 10_000,
  keepAliveSeconds: { minimum: 1, maximum: 1200 },
}
/** Where AWS's ways of refusing would end a suite's connection, the switch for an answer. */
const switches = { v3SubscribeDenied: 'suback-0x80' }

export async function startPeersAccount() {
  const account = await startTestAccount({ limits, switches })
  return { account, identity: account.session([...everything, deny('Subscribe', 'topicfilter/test/nosubscribe')]) }
}
