import { readdir, readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  css: 'text/css',
}

/** Serves files from memory under a strict Content-Security-Policy: nothing inline, nothing from other origins. */
export class PageSite implements AsyncDisposable {
  readonly #files: ReadonlyMap<string, string>
  #server: Server | undefined
  /** What `connect-src` allows besides the page's own origin. */
  connectTo: readonly string[] = []

  constructor(files: Readonly<Record<string, string>>) {
    // Browsers with a window request it, and log an error if it is missing.
    this.#files = new Map(Object.entries({ '/favicon.ico': '', ...files }))
  }

  /** Serves the files on a separate origin. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => {
      if (!this.answer(request, response)) response.writeHead(404).end()
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://localhost:${(server.address() as AddressInfo).port}`
  }

  /** @returns whether there is such a file */
  answer({ url = '', method }: IncomingMessage, response: ServerResponse): boolean {
    const path = (url.split('?')[0] ?? '').replace(/\/$/u, '/index.html')
    const body = method === 'GET' ? this.#files.get(path) : undefined
    if (body === undefined) return false
    response.writeHead(200, {
      'content-type': types[path.split('.').at(-1) ?? ''] ?? 'text/plain',
      'content-security-policy': `default-src 'self'; connect-src ${["'self'", ...this.connectTo].join(' ')}`,
    })
    response.end(body)
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** The library as shipped for pages: `/browser.js` and the files that it loads. */
export async function libraryFiles(): Promise<Record<string, string>> {
  const folder = fileURLToPath(new URL('../..', import.meta.url))
  const names = (await readdir(folder)).filter((name) => /^browser(-[a-z]+)*\.js$/u.test(name))
  const files = names.map(async (name) => [`/${name}`, await readFile(join(folder, name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(files))
}

/** Bundles a compiled module of this package and its imports for a page; `/browser.js` is the shipped library. @param code the entry */
export async function bundleForPage(code: string): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    external: ['/browser.js'],
  })
  return result.outputFiles[0]?.text ?? ''
}
