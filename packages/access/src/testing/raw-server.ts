import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** For tests: a server that returns the given responses and records the requests. */
export interface RawServer extends AsyncDisposable {
  readonly url: string
  readonly asked: { readonly headers: IncomingMessage['headers']; readonly path: string; readonly body: string }[]
  answer: (response: ServerResponse, body: string) => void
}

export async function startRawServer(answer: RawServer['answer']): Promise<RawServer> {
  const asked: RawServer['asked'] = []
  const raw = { answer }
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request.setEncoding('utf8') as AsyncIterable<string>) body += chunk
    asked.push({ headers: request.headers, path: request.url ?? '', body })
    raw.answer(response, body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
  const { port } = server.address() as AddressInfo
  return Object.assign(raw, { url: `http://127.0.0.1:${port}`, asked, [Symbol.asyncDispose]: close })
}
