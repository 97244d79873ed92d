// `npm run local`: installs and builds if necessary, then runs the stand-in's command line, with its page.
import { setUp } from './setup.js'

await setUp({ product: true })
await import('../packages/inspector/dist/cli/main.js')
