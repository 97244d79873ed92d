import { TopicCredentialsError } from '../errors.js'

/** Waits; ends at once with the signal's reason when that is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted(signal))
    const onAbort = () => {
      clearTimeout(timer)
      reject(aborted(signal))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Waits for a promise, but no longer than until the signal is aborted. What was begun goes on behind it. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) throw aborted(signal)
  return new Promise((resolve, reject) => {
    const fail = () => reject(aborted(signal))
    signal.addEventListener('abort', fail, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', fail))
  })
}

/** What an aborted call throws: the signal's own reason where it is ours, else `aborted` with the reason as cause. */
export function aborted(signal: AbortSignal): Error {
  if (signal.reason instanceof TopicCredentialsError) return signal.reason
  return new TopicCredentialsError('Aborted by the caller', {
    code: 'aborted',
    remedy: 'Nothing went wrong: the signal that was handed in was aborted.',
    cause: signal.reason,
  })
}
