// `pnpm revoke USER`: sets up what is missing, then becomes the command line of the revocation. It does not synthesize: in an
// emergency a stack that is being worked on must not be in the way.
import { build, install } from './setup.js'

install()
build()
await import('../packages/revocation/dist/cli/main.js')
