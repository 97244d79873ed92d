import type { Batch, DecisionRow, LogRow, MessageRow } from '../records/shapes.js'

/** Number of rows of each kind that are kept. */
const held = 500

/** The received rows, newest last. Changed in place; listeners are called once per frame. */
export interface Seen {
  decisions: DecisionRow[]
  messages: MessageRow[]
  log: LogRow[]
  skipped: number
  live: boolean
}

/** Follows the feed. All rows of one frame are rendered together, so that many rows cost one rendering per frame. */
export class Store {
  readonly seen: Seen = { decisions: [], messages: [], log: [], skipped: 0, live: false }
  readonly #listeners = new Set<() => void>()
  #due = false

  constructor() {
    const feed = new EventSource('api/feed')
    feed.addEventListener('all', (event) => {
      const { decisions, messages, log } = read(event)
      Object.assign(this.seen, { decisions: [...decisions], messages: [...messages], log: [...log], live: true })
      this.#changed()
    })
    feed.addEventListener('batch', (event) => this.#take(read(event)))
    feed.addEventListener('error', () => {
      this.seen.live = false
      this.#changed()
    })
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #take({ decisions, messages, deliveries, log, skipped }: Batch): void {
    this.seen.decisions = joined(this.seen.decisions, decisions)
    this.seen.messages = joined(this.seen.messages, messages)
    this.seen.log = joined(this.seen.log, log)
    this.seen.skipped += skipped
    const byId = new Map(this.seen.messages.map((one) => [one.id, one]))
    for (const [id, clientId, outcome] of deliveries) {
      const message = byId.get(id)
      if (message !== undefined) Object.assign(message.deliveries, { [clientId]: outcome })
    }
    this.#changed()
  }

  #changed(): void {
    if (this.#due) return
    this.#due = true
    requestAnimationFrame(() => {
      this.#due = false
      for (const listener of this.#listeners) listener()
    })
  }
}

function joined<Item>(before: readonly Item[], more: readonly Item[]): Item[] {
  return [...before, ...more].slice(-held)
}

function read(event: Event): Batch {
  return JSON.parse((event as MessageEvent<string>).data) as Batch
}
