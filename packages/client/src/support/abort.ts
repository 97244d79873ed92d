import { TopicCredentialsError } from '../errors.js'

/** One listener for each signal, however many wait for it: Node warns of the eleventh. */
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls back when the signal is aborted, later. @returns takes that back */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const callbacks = callbacksOf.get(signal) ?? new Set()
  if (!callbacksOf.has(signal)) {
    callbacksOf.set(signal, callbacks)
    signal.addEventListener('abort', () => {
      for (const call of [...callbacks]) call()
    })
  }
  callbacks.add(callback)
  return () => callbacks.delete(callback)
}

/** Waits; ends at once with the signal's reason when that is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(aborted(signal))
    const timer = setTimeout(() => {
      forget()
      resolve()
    }, ms)
    const forget = onAbort(signal, () => {
      clearTimeout(timer)
      forget()
      reject(aborted(signal))
    })
  })
}

/** Waits for a promise, but no longer than until the signal is aborted. What was begun goes on behind it. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) throw aborted(signal)
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(forget)
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
