import { abortable, aborted } from '../../support/abort.js'

/** Maximum number of unacknowledged messages; their fate is unknown if something goes wrong. */
const maxInFlight = 50

export interface Published {
  readonly sent: number
  readonly acknowledged: number
  /** The error that ended it early. */
  readonly error?: unknown
}

/**
 * Publishes in order, without waiting for each acknowledgement. Ends at the first failure or when the signal is aborted.
 *
 * @param messages receives a signal that ends it, because its source may be silent for hours
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
  // Messages in flight may still arrive after a refusal.
  await abortable(Promise.all(inFlight), signal).catch(() => {})
  return failure === undefined ? { sent, acknowledged } : { sent, acknowledged, error: failure.error }
}
