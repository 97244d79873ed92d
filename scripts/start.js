// `npm start` and `pnpm --filter client start`: sets up what is missing, then becomes the client's command line.
import { setUp } from './setup.js'

setUp()
await import('../packages/client/dist/cli/main.js')
