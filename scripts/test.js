// `npm test`: everything that has to hold before a change lands, from nothing.
import { build, clean, install, synth } from './setup.js'
import { step } from './step.js'

const node = process.execPath
const pattern = process.argv.slice(2).filter((word) => word !== '--')

install()
clean()
build()
step('Linting', 'node_modules/.bin/biome', ['check', '--error-on-warnings', '.'])
synth({ validate: true })
step('Testing', node, [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  ...pattern,
])
