import { createRequire } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'

/** The part of the SDK's native module that is used here. */
interface NativeBinding {
  readonly default: { disable_threadsafe_function(): number }
}

/**
 * The SDK's own threads call into Node, and let go of what they call with, whenever they are done with a client. When Node takes its
 * environment down meanwhile, that aborts the process ("napi_release_threadsafe_function"): seen in 1 of 25 programs that end right
 * after they have closed everything, on a busy machine. The SDK has a switch against it, which it uses under Electron alone. It is
 * for the whole process: a worker that ends must leave it alone.
 */
if (isMainThread) process.on('exit', () => nativeBinding().default.disable_threadsafe_function())

function nativeBinding(): NativeBinding {
  const ours = createRequire(import.meta.url)
  return createRequire(ours.resolve('aws-iot-device-sdk-v2'))('aws-crt/dist/native/binding.js') as NativeBinding
}

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
