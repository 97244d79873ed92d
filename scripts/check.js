// `npm run check`: installs and builds if necessary, then runs the deploy check. It does not synthesize: it checks the deployed stack.
import { build, install } from './setup.js'

install({ product: true })
build()
await import('../packages/deploy-check/dist/cli/main.js')
