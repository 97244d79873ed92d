import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import { requireOfSdk } from './sdk.js'

/** The used part of the SDK's native module. */
interface NativeBinding {
  readonly default: { disable_threadsafe_function(): number }
}

/**
 * The SDK's own threads call into Node and release their references whenever they are done with a client. If Node destroys its environment
 * at the same time, the process aborts ("napi_release_threadsafe_function"): observed in 1 of 25 programs that exit right after closing
 * everything, on a busy machine. The SDK has a switch against this, which it only uses with Electron. The switch affects the whole process,
 * so a worker must not use it.
 */
if (isMainThread) process.on('exit', () => nativeBinding().default.disable_threadsafe_function())

function nativeBinding(): NativeBinding {
  return requireOfSdk('aws-crt/dist/native/binding.js') as NativeBinding
}

let scheduled = false

/**
 * Makes Node collect garbage once, soon.
 *
 * The SDK's MQTT 5 client keeps the process alive after `close()` until its JavaScript object is collected, and an idle process never
 * collects garbage: a delay of a minute was observed. Several calls cause one collection.
 */
export function collectSoon(): void {
  if (scheduled) return
  scheduled = true
  // Not immediately: the caller's own references are still on the stack.
  setImmediate(() => {
    scheduled = false
    setFlagsFromString('--expose-gc')
    runInNewContext('gc')()
  })
}
