import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
}

/** A page over plain HTTP on this machine, from files in memory, under a strict Content-Security-Policy. */
export class PageSite implements AsyncDisposable {
  readonly origin: string
  readonly #server: Server
  readonly #files: Map<string, string>
  /** What `connect-src` allows besides the page's own origin. */
  connectTo: readonly string[] = []

  private constructor(server: Server, files: Map<string, string>) {
    this.#server = server
    this.#files = files
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`
  }

  static async start(files: Readonly<Record<string, string>>): Promise<PageSite> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const site = new PageSite(server, new Map(Object.entries(files)))
    server.on('request', (request, response) => {
      const path = request.url === '/' ? '/index.html' : (request.url ?? '')
      const body = site.#files.get(path)
      response.writeHead(body === undefined ? 404 : 200, {
        'content-type': types[path.split('.').at(-1) ?? ''] ?? 'text/plain',
        'content-security-policy': `default-src 'self'; connect-src ${["'self'", ...site.connectTo].join(' ')}`,
      })
      response.end(body ?? 'not found')
    })
    return site
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A compiled module of this package with what it imports, for a page; `/browser.js` is the library, as it is shipped. @param code the entry */
export async function bundleForPage(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    external: ['/browser.js'],
  })
  return result.outputFiles[0]?.text ?? ''
}
