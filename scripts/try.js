// `npm run try -- WORD`: compiles what has changed and runs the test files whose paths contain the word, without the other checks of `npm test`.
import { build, install, synth } from './setup.js'
import { jest, selected } from './step.js'

if (selected.length === 0) {
  process.stderr.write('Name a word of the test files to run: npm run try -- explain\n')
  process.exit(2)
}
install()
build()
await synth()
jest('Testing', selected)
