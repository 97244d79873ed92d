// `npm run probe`: sets up what is missing, then becomes the command line that asks an AWS account what AWS's documentation leaves open.
import { build, install } from './setup.js'

install()
build()
await import('../packages/probe/dist/cli/main.js')
