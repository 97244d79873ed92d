// The stand-in of the soak, in a process of its own: what it remembers must not count as the client's.
import { Stage } from '../dist/integration/stage.js'

const stage = await Stage.start()
const { outputs, region, ca, developer, faults } = stage.aws
const { accessKeyId, secretAccessKey } = developer
process.send({
  url: outputs.TopicCredentials.CredentialsUrl,
  region,
  ca,
  credentials: { accessKeyId, secretAccessKey },
})
process.on('message', ({ cut, ahead }) => {
  stage.journal.length = 0
  faults.skewClock(ahead)
  faults.cutSockets(cut)
})
process.on('disconnect', () => process.exit())
