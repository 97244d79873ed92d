// Compiles one kind of grants in a process of its own: `compile-program.js KIND`. What another kind taught the JIT does not help it.
import { compileTimes } from './compile-time.js'

process.send?.(compileTimes(String(process.argv[2])), () => process.exit())
