import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** An object. Its content is a file named by its digest. */
export interface StoredObject {
  /** SHA-256 of the content, hexadecimal. */
  readonly digest: string
  /** Bytes. */
  readonly size: number
  /** MD5 of the content, hexadecimal: S3's ETag for an object without multipart upload. */
  readonly etag: string
  readonly contentType: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** The account's buckets. Contents are files; the index is kept in memory, and saved with the account. */
export class Buckets {
  readonly #folder: () => string
  readonly #buckets = new Map<string, Map<string, StoredObject>>()

  /** @param folder the folder of the contents */
  constructor(folder: () => string) {
    this.#folder = folder
  }

  create(bucket: string): void {
    if (!this.#buckets.has(bucket)) this.#buckets.set(bucket, new Map())
  }

  has(bucket: string): boolean {
    return this.#buckets.has(bucket)
  }

  /** Keys in byte order. */
  list(bucket: string): [string, StoredObject][] {
    const objects = [...(this.#buckets.get(bucket) ?? [])]
    return objects.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  }

  find(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key)
  }

  /** The content is written to disk before anything refers to it. */
  async put(
    bucket: string,
    key: string,
    content: Buffer,
    about: Pick<StoredObject, 'contentType' | 'at'>,
  ): Promise<StoredObject> {
    const digest = createHash('sha256').update(content).digest('hex')
    await mkdir(this.#folder(), { recursive: true })
    const draft = join(this.#folder(), `${digest}.${process.pid}.draft`)
    await writeFile(draft, content, { mode: 0o600 })
    await rename(draft, this.#file(digest))
    const etag = createHash('md5').update(content).digest('hex')
    const object = { ...about, digest, size: content.length, etag }
    this.create(bucket)
    this.#buckets.get(bucket)?.set(key, object)
    return object
  }

  content({ digest }: StoredObject): Promise<Buffer> {
    return readFile(this.#file(digest))
  }

  delete(bucket: string, key: string): void {
    this.#buckets.get(bucket)?.delete(key)
  }

  /** All buckets, to be saved. */
  snapshot(): Record<string, Record<string, StoredObject>> {
    return Object.fromEntries([...this.#buckets].map(([name, objects]) => [name, Object.fromEntries(objects)]))
  }

  restore(buckets: Readonly<Record<string, Readonly<Record<string, StoredObject>>>>): void {
    for (const [name, objects] of Object.entries(buckets)) this.#buckets.set(name, new Map(Object.entries(objects)))
  }

  #file(digest: string): string {
    return join(this.#folder(), digest)
  }
}
