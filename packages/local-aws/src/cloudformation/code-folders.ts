import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import type { Buckets } from '../s3/buckets.js'

/** The source of a function's code: an object in a bucket, or the source text itself. */
interface FunctionCode {
  readonly bucket: string
  readonly key: string | undefined
  readonly source: string | undefined
}

/** The unpacked code of functions: one folder per content. */
export class CodeFolders {
  readonly #folder: () => string
  readonly #buckets: Buckets

  constructor(folder: () => string, buckets: Buckets) {
    this.#folder = folder
    this.#buckets = buckets
  }

  /**
   * @param assets folders of the stack's own assets, by object key
   * @throws Error in Lambda's words if the object does not exist or is not a zip file
   */
  async find(assets: ReadonlyMap<string, string>, { bucket, key, source }: FunctionCode): Promise<string> {
    if (source !== undefined) return this.#unpacked(Buffer.from(source), (folder) => inline(folder, source))
    const own = assets.get(key ?? '')
    if (own !== undefined) return existing(own)
    const object = this.#buckets.find(bucket, key ?? '')
    if (object === undefined) throw new Error(missing(bucket, key, assets))
    const content = await this.#buckets.content(object)
    return this.#unpacked(content, (folder) => unzip(folder, content))
  }

  /** A folder is complete when it has its final name. */
  async #unpacked(content: Buffer, fill: (folder: string) => Promise<void>): Promise<string> {
    const folder = join(this.#folder(), createHash('sha256').update(content).digest('hex').slice(0, 32))
    if (await isFolder(folder)) return folder
    await mkdir(this.#folder(), { recursive: true })
    const draft = await mkdtemp(join(this.#folder(), 'draft-'))
    try {
      await fill(draft)
      await rename(draft, folder)
    } catch (error) {
      await rm(draft, { recursive: true, force: true })
      if (!(await isFolder(folder))) throw error
    }
    return folder
  }
}

/** `ZipFile`: source text, which Lambda writes to index.js. */
async function inline(folder: string, source: string): Promise<void> {
  await writeFile(join(folder, 'index.js'), source)
}

async function unzip(folder: string, content: Buffer): Promise<void> {
  const { unzipSync } = await import('fflate')
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(content)
  } catch {
    throw new Error('Could not unzip uploaded file. Please check your file, then try to upload again.')
  }
  for (const [name, bytes] of Object.entries(files)) {
    const path = normalize(name)
    // A name that leads outside the folder is an attack or an error.
    if (path.startsWith('..') || path.startsWith('/')) throw new Error(`the zip file contains the name ${name}`)
    if (name.endsWith('/')) continue
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
}

function missing(bucket: string, key: string | undefined, assets: ReadonlyMap<string, string>): string {
  if (assets.size > 0) return `the assembly has no zip asset ${key}`
  return `Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist. (${bucket}/${key})`
}

async function existing(folder: string): Promise<string> {
  if (await isFolder(folder)) return folder
  throw new Error(`the asset ${folder} is not a folder: run 'cdk synth' again`)
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
