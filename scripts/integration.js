// `npm run test:integration`: runs the integration suite against the deployed stack, or against a stand-in.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.js'
import { root, step } from './step.js'

const outputs = process.env.TOPIC_CREDENTIALS_OUTPUTS ?? join(root, 'cdk-outputs.json')
const deployed = existsSync(outputs)
setUp()
step(
  `Integration tests against ${deployed ? `the deployed stack (${outputs})` : 'a stand-in (no cdk-outputs.json)'}`,
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    // The suites share one stack, and topics in it: one after the other, none receives another's messages.
    '--runInBand',
    '--testPathPatterns',
    '\\.integ\\.js$',
  ],
  { env: { TOPIC_CREDENTIALS_OUTPUTS: deployed ? outputs : '' } },
)
