// `npm run test:all`: the gate, and what takes longer: the CDK's command line against the stand-in, case by case. Words after it
// choose test files of the longer tier, without the gate.
import { build, install, requireNode, synth } from './setup.js'
import { step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

requireNode()
if (words.length === 0) {
  step('The gate', process.execPath, ['scripts/test.js'])
} else {
  install()
  build()
  synth()
}
step('Testing what takes longer', process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.long.config.mjs',
  ...words,
])
