// `npm run test:browser`: tests the client in Chromium, which is installed first. Arguments select test files.
// The browsers (67 MB, Bun and Deno 100 MB each) have a package.json of their own outside the workspace, so that `npm start` does not install them.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setUp } from './setup.js'
import { root, step } from './step.js'

const folder = join(root, 'packages/client/browser')
const words = process.argv.slice(2).filter((word) => word !== '--')

setUp()
if (!isInstalled()) step('Installing Chromium (once)', 'npm', ['ci', '--no-fund', '--no-audit', '--prefix', folder])
step('Bundling the client for browsers', process.execPath, ['packages/client/scripts/bundle-browser.js'])
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
const jest = ['node_modules/jest/bin/jest.js', '--maxWorkers=1', '--testMatch', '**/dist/**/*.browser.js', '--']
step('Testing in Chromium', process.execPath, [...node, ...jest, ...words])

/** Whether the installed packages match the lock file. */
function isInstalled() {
  const installed = join(folder, 'node_modules/.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'))
  const there = JSON.parse(readFileSync(installed, 'utf8')).packages
  return ['node_modules/@sparticuz/chromium', 'node_modules/puppeteer-core'].every(
    (name) => there[name]?.version === packages[name]?.version,
  )
}
