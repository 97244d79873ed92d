import type { AedesPublishPacket } from 'aedes'

type Queued = Pick<AedesPublishPacket, 'brokerId' | 'brokerCounter'> & { readonly messageId?: number | undefined }
/** Numbers packets for one client; aedes starts anywhere at each connection. */
interface Numbering {
  _nextId?: number
}

/**
 * A session's queue on its way to the client that resumes it. aedes alone would send a copy of the queue and live messages side
 * by side: one that is in both comes twice, or breaks the connection when it is acknowledged in between, and live ones overtake
 * queued ones. Here a live message stays in the queue, where it already is, until all before it was sent.
 */
export class Handover {
  readonly #handed = new Set<string>()
  #over = false
  #heldBack = false
  #sent: () => void = () => undefined

  /** Whether a live message that the queue has too is not to be sent now: the queue brings it, or has brought it. */
  holdsBack(packet: Queued): boolean {
    if (!this.#over) this.#heldBack = true
    return !this.#over || this.#handed.has(key(packet))
  }

  /** The broker is about to send what `run` gave it last, or was told not to. */
  sent(): void {
    this.#sent()
  }

  /** The queue, one message after the other is sent, until nothing new is in it. */
  async *run<Entry extends Queued>(
    queue: () => Promise<readonly Entry[]>,
    numbering: Numbering,
  ): AsyncGenerator<Entry> {
    for (let first = true; ; first = false) {
      this.#heldBack = false
      const entries = (await queue()).filter((entry) => !this.#handed.has(key(entry)))
      if (entries.length === 0 && !this.#heldBack) break
      if (first) continueAfter(entries, numbering)
      for (const entry of entries) {
        this.#handed.add(key(entry))
        const sent = new Promise<void>((resolve) => {
          this.#sent = resolve
        })
        yield entry.messageId ? { ...entry, dup: true } : entry // [MQTT-3.3.1-1]
        await sent
      }
    }
    this.#over = true
  }
}

/** No new message gets the identifier of one that is still unacknowledged [MQTT-2.2.1-3]. */
function continueAfter(entries: readonly Queued[], numbering: Numbering): void {
  const last = entries.findLast(({ messageId }) => messageId)?.messageId
  if (last !== undefined) numbering._nextId = last >= 65_535 ? 1 : last + 1
}

const key = ({ brokerId, brokerCounter }: Queued): string => `${brokerId} ${brokerCounter}`
