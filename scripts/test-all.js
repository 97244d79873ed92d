// `npm run test:all`: runs the tests of `npm test`, then the longer tests of the CDK's command line against the stand-in. Arguments
// select test files of the longer tests, without those of `npm test`.
import { build, install, requireNode, synth } from './setup.js'
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
step('Running the longer tests', process.execPath, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.long.config.mjs',
  ...words,
])
