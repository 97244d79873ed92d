// `npm run access`: installs and builds if necessary, then runs the operators' command line for the access table.
import { build, install } from './setup.js'

install({ product: true })
build()
await import('../packages/revocation/dist/cli/access.js')
