// `npm run test:all`: the gate, and what takes longer: the packed packages as others use them, the CDK's command line case by case, long properties,
// the recipes. Words after it choose test files of the longer tier, without the gate.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pack } from './release/pack.js'
import { build, install, requireNode, synth } from './setup.js'
import { root, step } from './step.js'

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

/** What only this tier needs, apart from the workspace, with a lock file of its own. */
function installTools(folder) {
  const installed = join(root, folder, 'node_modules/.package-lock.json')
  const lock = join(root, folder, 'package-lock.json')
  if (existsSync(installed) && sameVersions(lock, installed)) return
  step(`Installing what ${folder} needs (once)`, 'npm', [
    'ci',
    '--no-fund',
    '--no-audit',
    '--prefix',
    join(root, folder),
  ])
}

/** Whether all that is there is what the lock file says; what is for other platforms is not there. */
function sameVersions(lock, installed) {
  const [wanted, there] = [lock, installed].map((file) => JSON.parse(readFileSync(file, 'utf8')).packages)
  return Object.entries(wanted).every(
    ([name, { version, optional }]) =>
      name === '' || there[name]?.version === version || (optional && there[name] === undefined),
  )
}
