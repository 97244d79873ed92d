// `pnpm local`: sets up what is missing, then becomes the stand-in's command line.
import { setUp } from './setup.js'

setUp()
await import('../packages/local-aws/dist/cli/main.js')
