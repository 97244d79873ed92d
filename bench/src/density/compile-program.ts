// Compiles one case in a separate process (`compile-program.js NAME`), so that the JIT has no information from other cases.
import { compileTimes } from './compile-time.js'

process.send?.(compileTimes(String(process.argv[2])), () => process.exit())
