// `pnpm revoke USER`: sets up what is missing, then becomes the command line of the revocation.
import { setUp } from './setup.js'

setUp()
await import('../packages/revocation/dist/cli/main.js')
