import { abortable, onAbort } from './abort.js'

/**
 * Waits for an operation, but at most this long. The underlying operation continues.
 *
 * @param late creates the error of the timeout
 * @param signal ends the wait earlier
 * @example await withDeadline((signal) => fetch(url, { signal }), 10_000, () => new Error('too late'))
 */
export async function withDeadline<T>(
  begin: (signal: AbortSignal) => Promise<T>,
  ms: number,
  late: () => Error,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = new AbortController()
  const forward = () => deadline.abort(signal?.reason)
  if (signal?.aborted) forward()
  const forget = signal === undefined ? undefined : onAbort(signal, forward)
  const timer = setTimeout(() => deadline.abort(late()), ms)
  try {
    return await abortable(begin(deadline.signal), deadline.signal)
  } finally {
    clearTimeout(timer)
    forget?.()
  }
}
