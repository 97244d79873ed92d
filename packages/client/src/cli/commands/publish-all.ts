import { abortable, aborted } from '../../support/abort.js'

/** Messages on their way at once: no more than that are lost sight of when something goes wrong. */
const maxInFlight = 50

export interface Published {
  readonly sent: number
  readonly acknowledged: number
  /** What ended it early. */
  readonly error?: unknown
}

/**
 * Publishes in order, without waiting for each acknowledgement, and ends at the first failure or when the signal is aborted.
 *
 * @param messages made with a signal that ends them: whatever they are read from may have nothing to say for hours
 */
export async function publishAll<Message>(
  messages: (stop: AbortSignal) => AsyncIterable<Message>,
  publish: (message: Message) => Promise<void>,
  signal: AbortSignal,
): Promise<Published> {
  const failing = new AbortController()
  const stop = AbortSignal.any([signal, failing.signal])
  const inFlight = new Set<Promise<void>>()
  let failure: { readonly error: unknown } | undefined
  let sent = 0
  let acknowledged = 0
  const send = async (message: Message) => {
    try {
      await publish(message)
      acknowledged += 1
    } catch (error) {
      failure ??= { error }
      failing.abort()
    }
  }
  try {
    for await (const message of messages(stop)) {
      sent += 1
      const answer = send(message).finally(() => inFlight.delete(answer))
      inFlight.add(answer)
      if (inFlight.size >= maxInFlight) await abortable(Promise.race(inFlight), stop)
    }
    await abortable(Promise.all(inFlight), signal)
  } catch (error) {
    failure ??= { error: signal.aborted ? aborted(signal) : error }
  }
  // What is on its way when something is refused may still arrive.
  await abortable(Promise.all(inFlight), signal).catch(() => {})
  return failure === undefined ? { sent, acknowledged } : { sent, acknowledged, error: failure.error }
}
