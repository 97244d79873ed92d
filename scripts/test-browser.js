// `npm run test:browser`: tests the client in Chromium, which is installed first. Arguments select test files.
// The browsers (67 MB, Bun and Deno 100 MB each) have a package.json of their own outside the workspace, so that `npm start` does not install them.
import { installTools, setUp } from './setup.js'
import { step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

setUp()
installTools('packages/client/browser')
step('Bundling the client for browsers', process.execPath, ['packages/client/scripts/bundle-browser.js'])
const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning']
const jest = ['node_modules/jest/bin/jest.js', '--maxWorkers=1', '--testMatch', '**/dist/**/*.browser.js', '--']
step('Testing in Chromium', process.execPath, [...node, ...jest, ...words])
