// `npm start` and `pnpm --filter client start`: installs and builds if necessary, then runs the client's command line.
import { setUp } from './setup.js'

setUp({ product: true })
await import('../packages/client/dist/cli/main.js')
