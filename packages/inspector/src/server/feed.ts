import type { ServerResponse } from 'node:http'
import type { Records } from '../records/records.js'

/** Interval between batches. */
const batchMilliseconds = 100
/** Maximum number of unread bytes: a page with more is disconnected, and reconnects by itself. */
const mostUnread = 4 * 1024 * 1024

/** Sends new rows to every open page, in batches: server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class Feed {
  readonly #records: Records
  readonly #pages = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined

  constructor(records: Records) {
    this.#records = records
  }

  /** Starts with all kept rows. */
  add(response: ServerResponse): void {
    this.#tell()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event('all', this.#records.all()))
    this.#pages.add(response)
    this.#timer ??= setInterval(() => this.#tell(), batchMilliseconds)
    this.#timer.unref()
    response.on('close', () => {
      this.#pages.delete(response)
      if (this.#pages.size === 0) this.end()
    })
  }

  end(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    for (const page of this.#pages) page.end()
    this.#pages.clear()
  }

  #tell(): void {
    const batch = this.#records.take()
    if (batch === undefined) return
    const text = event('batch', batch)
    for (const page of this.#pages) {
      if (page.writableLength > mostUnread) {
        page.destroy()
      } else {
        page.write(text)
      }
    }
  }
}

function event(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}
