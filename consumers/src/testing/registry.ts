import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

interface Packed {
  readonly manifest: { readonly name: string; readonly version: string; readonly exports: unknown }
  readonly tarball: Buffer
}

/**
 * A local registry that has only the packed packages. npm uses it for our scope and its ordinary registry for everything else, so that
 * dependencies resolve as in a real installation.
 */
export class Registry {
  readonly #server: Server
  readonly #packages: ReadonlyMap<string, Packed>

  private constructor(server: Server, packages: ReadonlyMap<string, Packed>) {
    this.#server = server
    this.#packages = packages
  }

  /** @param folder the output of `npm run release:pack` */
  static async start(folder: string): Promise<Registry> {
    const files = readdirSync(folder).filter((name) => name.endsWith('.tgz'))
    if (files.length === 0) throw new Error(`There are no tarballs in ${folder}. Run npm run release:pack.`)
    const packages = new Map(
      files.map((name) => {
        const tarball = readFileSync(join(folder, name))
        const manifest = JSON.parse(fileInTarball(tarball, 'package/package.json')) as Packed['manifest']
        return [manifest.name, { manifest, tarball }]
      }),
    )
    const server = createServer((request, response) => {
      const [name = '', tarball] = decodeURIComponent(request.url ?? '')
        .slice(1)
        .split('/-/')
      const found = packages.get(name)
      if (found === undefined) {
        response.writeHead(404).end('{}')
      } else if (tarball === undefined) {
        response.setHeader('content-type', 'application/json').end(JSON.stringify(packument(found, urlOf(server))))
      } else {
        response.end(found.tarball)
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new Registry(server, packages)
  }

  /** The lines of `.npmrc` that select this registry for our scope. */
  get npmrc(): string {
    return `@topic-credentials:registry=${urlOf(this.#server)}\n`
  }

  get names(): readonly string[] {
    return [...this.#packages.keys()]
  }

  /** What programs import: every entry with code that is neither a command nor for pages alone. */
  get specifiers(): readonly string[] {
    return [...this.#packages.values()].flatMap(({ manifest: { name, exports } }) =>
      // The one entry of a package of commands is a string.
      Object.entries(typeof exports === 'string' ? {} : Object(exports))
        .filter(([entry, target]) => String(target).endsWith('.js') && !/^\.\/(?:cli|browser)/u.test(entry))
        .map(([entry]) => name + entry.slice(1)),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** @see https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md */
function packument({ manifest, tarball }: Packed, url: string): object {
  const { name, version } = manifest
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  const dist = { tarball: `${url}${name}/-/${version}.tgz`, integrity }
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }
}

/** A file of a gzipped tar archive as text: blocks of 512 bytes, a header before each file. */
export function fileInTarball(tarball: Buffer, wanted: string): string {
  for (const { path, content } of filesInTarball(tarball)) if (path === wanted) return content.toString('utf8')
  throw new Error(`${wanted} is not in the tarball`)
}

/** @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
export function* filesInTarball(tarball: Buffer): Generator<{ readonly path: string; readonly content: Buffer }> {
  const archive = gunzipSync(tarball)
  for (let at = 0; at + 512 <= archive.length; ) {
    const text = (from: number, length: number): string =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/su, '')
    const name = text(0, 100)
    if (name === '') return
    const prefix = text(345, 155)
    const size = Number.parseInt(text(124, 12), 8)
    const content = archive.subarray(at + 512, at + 512 + size)
    if (/^[0\0]?$/u.test(text(156, 1))) yield { path: prefix === '' ? name : `${prefix}/${name}`, content }
    at += 512 + Math.ceil(size / 512) * 512
  }
}
