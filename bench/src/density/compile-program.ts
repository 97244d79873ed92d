// Compiles one case in a process of its own: `compile-program.js NAME`. What another case taught the JIT does not help it.
import { compileTimes } from './compile-time.js'

process.send?.(compileTimes(String(process.argv[2])), () => process.exit())
