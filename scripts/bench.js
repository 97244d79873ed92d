// `npm run bench`: installs and builds if necessary, then runs the benchmarks.
import { setUp } from './setup.js'

await setUp()
await import('../bench/dist/main.js')
