import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Companion, Fault, JournalEntry, LocalAws } from '@topic-credentials/local-aws'
import { Records } from './records/records.js'
import { answerApi } from './server/api.js'
import { Door, harden } from './server/door.js'
import { Feed } from './server/feed.js'
import { pageFiles } from './server/page-files.js'

/**
 * The page about a stand-in, on its plain origin. Pass `observer`, `journal` and `site` to `startLocalAws`, then call `begin`.
 *
 * @example
 * const inspector = new Inspector()
 * const { observer, site } = inspector
 * const aws = await startLocalAws({ assembly: 'cdk.out', observer, site, journal: (entry) => inspector.journal(entry) })
 * inspector.begin(aws, faultKeys()) // http://127.0.0.1:8448/_inspector/<secret>/
 */
export class Inspector implements Companion {
  readonly observer = new Records()
  readonly #door = new Door()
  readonly #feed = new Feed(this.observer)
  #running: { readonly aws: LocalAws; readonly faults: readonly Fault[] } | undefined

  journal(entry: JournalEntry): void {
    this.observer.journal(entry)
  }

  /** Starts to answer requests. Returns the page's address, with the secret. */
  begin(aws: LocalAws, faults: readonly Fault[]): string {
    this.#running = { aws, faults }
    return aws.endpoints.plain + this.#door.path
  }

  end(): void {
    this.#feed.end()
    this.#running = undefined
  }

  /** Answers requests for the page. Without the secret, the response is the same as for a path that does not exist. */
  readonly site = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!this.#door.concerns(request)) return false
    harden(response, request.headers.host)
    const path = this.#door.open(request)
    const running = this.#running
    if (path === undefined || running === undefined) {
      notFound(response)
    } else if (path === 'api/feed' && request.method === 'GET') {
      this.#feed.add(response)
    } else if (path.startsWith('api/')) {
      await answerApi({ ...running, records: this.observer }, path.slice('api/'.length), request, response)
    } else {
      await answerFile(path, request, response)
    }
    return true
  }
}

async function answerFile(path: string, { method }: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = method === 'GET' ? (await pageFiles()).get(path) : undefined
  if (file === undefined) return notFound(response)
  response.writeHead(200, { 'content-type': file.type }).end(file.body)
}

function notFound(response: ServerResponse): void {
  response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}')
}
