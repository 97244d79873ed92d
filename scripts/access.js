// `pnpm access …`: sets up what is missing, then becomes the operators' command line of the access table.
import { build, install } from './setup.js'

install()
build()
await import('../packages/revocation/dist/cli/access.js')
