import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AssemblyStack } from '../cloudformation/template/assembly.js'
import type { Buckets } from '../s3/buckets.js'

/** The target of the uploads. */
interface UploadPlace {
  readonly buckets: Buckets
  readonly accountId: string
  readonly region: string
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The oldest time that a zip file can contain: with a fixed time, equal files result in equal archives. */
const mtime = '1980-01-01T00:00:00'

/**
 * Uploads the code of a stack's functions, as the CDK's command line does before it deploys. Then the assembly's folder is no longer needed, and
 * the functions can be restored after a restart.
 */
export async function uploadAssets({ uploads }: AssemblyStack, place: UploadPlace): Promise<void> {
  const { buckets, accountId, region, now } = place
  const { zipSync } = await import('fflate')
  for (const { folder, bucket: pattern, key } of uploads) {
    const bucket = pattern
      .replaceAll('${AWS::AccountId}', accountId)
      .replaceAll('${AWS::Region}', region)
      .replaceAll('${AWS::Partition}', 'aws')
    if (buckets.find(bucket, key) !== undefined) continue
    const content = Buffer.from(zipSync(await filesIn(folder), { mtime }))
    await buckets.put(bucket, key, content, { contentType: 'application/zip', at: now })
  }
}

async function filesIn(folder: string): Promise<Record<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const contents = files.map(async (file) => [
    file.slice(folder.length + 1).replaceAll('\\', '/'),
    await readFile(file),
  ])
  return Object.fromEntries(await Promise.all(contents))
}
