import { chmod, mkdir, writeFile } from 'node:fs/promises'
import type { TlsMaterial } from '../tls.js'

/**
 * Programs trust the authorities in this file, even after the stand-in has ended, because shells keep its path. So only the project's user can
 * write to its folder.
 */
export async function writeCa(file: string, { ca }: TlsMaterial, folder: string | undefined): Promise<void> {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await chmod(folder, 0o700)
  }
  await writeFile(file, ca, { mode: 0o600 })
}
