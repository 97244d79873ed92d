import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Observer } from '../iot/index.js'
import type { JournalEntry } from '../journal.js'
import type { LocalAws } from '../local-aws-types.js'
import type { Fault } from './keys.js'

/** What goes along with the stand-in that the command runs: a page over it. */
export interface Companion {
  readonly observer: Observer
  journal(entry: JournalEntry): void
  /** Pages for the plain origin. */
  site(request: IncomingMessage, response: ServerResponse): Promise<boolean>
  /** Once the account stands. Gives the page's address. */
  begin(aws: LocalAws, faults: readonly Fault[]): string
  end(): void
}
