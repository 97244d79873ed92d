// `npm run probe`: installs and builds if necessary, then runs the probe, which tests open questions about AWS in an account.
import { build, install } from './setup.js'

install()
build()
await import('../packages/probe/dist/cli/main.js')
