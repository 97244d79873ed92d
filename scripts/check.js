// `pnpm check`: sets up what is missing, then becomes the command line of the deploy check. It does not synthesize: what was deployed is
// checked.
import { build, install } from './setup.js'

install()
build()
await import('../packages/deploy-check/dist/cli/main.js')
