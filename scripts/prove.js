// `npm run prove`: installs and builds if necessary, then proves the policies of many random grant sets.
import { build, install, requireNode } from './setup.js'

requireNode()
install({ product: true })
build()
await import('../packages/grants/prove/prove.js')
