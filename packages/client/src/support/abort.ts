import { TopicCredentialsError } from '../errors.js'

/** One listener per signal for all callers that wait for it, because Node warns at the eleventh listener. */
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/** Calls back when the signal is aborted later. @returns a function that cancels it */
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

/** Waits; rejects immediately with the signal's reason when it is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await abortable(over, signal).finally(() => clearTimeout(timer))
}

/** Waits for a promise, but at most until the signal is aborted. The underlying operation continues. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  if (signal.aborted) throw aborted(signal)
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(aborted(signal)))
    promise.then(resolve, reject).finally(forget)
  })
}

/** The error of an aborted call: the signal's own reason if it is one of ours, otherwise `aborted` with the reason as cause. */
export function aborted(signal: AbortSignal): Error {
  if (signal.reason instanceof TopicCredentialsError) return signal.reason
  return new TopicCredentialsError('Aborted by the caller', {
    code: 'aborted',
    remedy: 'No action is needed.',
    cause: signal.reason,
  })
}
