import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Collects garbage once the tests are over. The device SDK's MQTT 5 clients keep a process alive until their JavaScript objects are
 * collected, and in a process that has nothing more to do nothing ever is.
 */
export default function teardown() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}
