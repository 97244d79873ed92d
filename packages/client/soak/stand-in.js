// The stand-in of the soak test, in a separate process so that its memory is not counted as the client's.
import { TestAccount } from '../dist/testing/account/test-account.js'

const account = await TestAccount.start()
const { outputs, region, ca, developer, faults } = account.aws
const { accessKeyId, secretAccessKey } = developer
process.send({
  url: outputs.TopicCredentials.CredentialsUrl,
  region,
  ca,
  credentials: { accessKeyId, secretAccessKey },
})
process.on('message', ({ cut, ahead }) => {
  account.journal.length = 0
  faults.skewClock(ahead)
  faults.cutSockets(cut)
})
process.on('disconnect', () => process.exit())
