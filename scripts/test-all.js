// `npm run test:all`: the gate, then the longer tier: the packed packages from outside, the CDK's command line case by case, long property tests,
// the recipes. Arguments select test files of the longer tier, without the gate.
import { pack } from './release/pack.js'
import { build, install, installTools, requireNode, synth } from './setup.js'
import { jest, step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

requireNode()
if (words.length === 0) {
  step('npm test', process.execPath, ['scripts/test.js'])
} else {
  install()
  build()
  await synth()
}
installTools('consumers')
installTools('packages/client/browser')
pack()
jest('Running the longer tests', ['--config', 'jest.long.config.mjs', ...words])
if (words.length === 0) step('Testing in browsers', process.execPath, ['scripts/test-browser.js'])
