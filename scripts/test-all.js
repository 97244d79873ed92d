// `npm run test:all`: the gate, and what takes longer: the packed packages as others use them, the CDK's command line case by case, long properties,
// the recipes. Words after it choose test files of the longer tier, without the gate.
import { pack } from './release/pack.js'
import { build, install, installTools, requireNode, synth } from './setup.js'
import { step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

requireNode()
if (words.length === 0) {
  step('npm test', process.execPath, ['scripts/test.js'])
} else {
  install()
  build()
  synth()
}
installTools('consumers')
installTools('packages/client/browser')
pack()
step('Running the longer tests', process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.long.config.mjs',
  ...words,
])
if (words.length === 0) step('In browsers', process.execPath, ['scripts/test-browser.js'])
