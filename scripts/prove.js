// `npm run prove`: installs and builds if necessary, then proves the policies of many random grant sets. It needs the packages of the tests.
import { build, install, requireNode } from './setup.js'

requireNode()
install()
build()
await import('../packages/grants/prove/prove.js')
