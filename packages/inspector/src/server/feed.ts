import type { ServerResponse } from 'node:http'
import type { Records } from '../records/records.js'

/** How often a page hears of what is new. */
const batchMilliseconds = 100
/** A page that does not read is let go: it comes back by itself. */
const mostUnread = 4 * 1024 * 1024

/** What happens, told to every open page, in batches: server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export class Feed {
  readonly #records: Records
  readonly #pages = new Set<ServerResponse>()
  #timer: NodeJS.Timeout | undefined

  constructor(records: Records) {
    this.#records = records
  }

  /** Begins with all that is kept. */
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
