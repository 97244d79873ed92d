// `npm run test:browser`: tests the client in Chromium, which is installed first. Arguments select test files.
// The browsers (67 MB, Bun and Deno 100 MB each) have their own package.json outside the workspace, so that `npm start` does not install them.
import { installTools, setUp } from './setup.js'
import { jest, step } from './step.js'

const words = process.argv.slice(2).filter((word) => word !== '--')

await setUp()
installTools('packages/client/browser')
step('Bundling the client for browsers', process.execPath, ['packages/client/scripts/bundle-browser.js'])
jest('Testing in Chromium', ['--maxWorkers=1', '--testMatch', '**/dist/**/*.browser.js', '--', ...words])
