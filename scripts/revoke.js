// `npm run revoke -- USER`: installs and builds if necessary, then runs the revocation command line. It does not synthesize, because in an
// emergency an unfinished change to the stack must not block a revocation.
import { build, install } from './setup.js'

install({ product: true })
build()
await import('../packages/revocation/dist/cli/main.js')
