import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let scheduled = false

/**
 * Has Node collect garbage once, soon.
 *
 * The SDK's MQTT 5 client keeps the process alive after `close()` until its JavaScript object is collected, and in a process
 * that has nothing more to do nothing is ever collected: it was seen to hang on for a minute. Several calls make one run.
 */
export function collectSoon(): void {
  if (scheduled) return
  scheduled = true
  // Not at once: the caller's own references are still on the stack.
  setImmediate(() => {
    scheduled = false
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  })
}
