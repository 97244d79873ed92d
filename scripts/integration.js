// `npm run test:integration`: runs the integration suite against the deployed stack, or against a stand-in.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.js'
import { jest, root } from './step.js'

const outputs = process.env.TOPIC_CREDENTIALS_OUTPUTS ?? join(root, 'cdk-outputs.json')
const deployed = existsSync(outputs)
await setUp()
jest(
  `Integration tests against ${deployed ? `the deployed stack (${outputs})` : 'a stand-in (no cdk-outputs.json)'}`,
  // The suites share topics of one stack. In parallel, they would receive each other's messages.
  ['--runInBand', '--testPathPatterns', '\\.integ\\.js$'],
  { env: { TOPIC_CREDENTIALS_OUTPUTS: deployed ? outputs : '' } },
)
