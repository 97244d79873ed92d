import { chmod, mkdir, writeFile } from 'node:fs/promises'
import type { TlsMaterial } from '../tls.js'

/**
 * Whoever may write to the file decides whom the developer's programs trust, also after the stand-in has ended: shells keep its
 * path. In a folder of the project's user, nobody else can make it again.
 */
export async function writeCa(file: string, { ca }: TlsMaterial, folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  }
  await writeFile(file, ca, { mode: 0o600 })
}
