// `npm start` and `pnpm --filter client start`: installs and builds if necessary, then runs the client's command line.
import { setUp } from './setup.js'

// With --as, the stand-in signs the user in with a token.
await setUp({ product: true, tokens: process.argv.some((word) => /^--as(?:=|$)/u.test(word)) })
await import('../packages/client/dist/cli/main.js')
