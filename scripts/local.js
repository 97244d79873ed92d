// `pnpm local`: installs and builds if necessary, then runs the stand-in's command line.
import { setUp } from './setup.js'

setUp({ product: true })
await import('../packages/local-aws/dist/cli/main.js')
