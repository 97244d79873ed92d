// `pnpm bench`: sets up what is missing, then becomes the command line of the measurements.
import { setUp } from './setup.js'

setUp()
await import('../bench/dist/main.js')
