import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Observer } from '../iot/index.js'
import type { JournalEntry } from '../journal.js'
import type { LocalAws } from '../local-aws-types.js'
import type { Fault } from './keys.js'

/** A web page about the running stand-in. */
export interface Companion {
  readonly observer: Observer
  journal(entry: JournalEntry): void
  /** Pages for the plain origin. */
  site(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Called when the account has started. Returns the page's address. */
  begin(aws: LocalAws, faults: readonly Fault[]): string
  end(): void
}
