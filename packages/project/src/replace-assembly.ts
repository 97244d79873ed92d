import { existsSync } from 'node:fs'
import { access, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Moves a finished cloud assembly to its place. A reader finds the former one or the new one, never a mixture; if several processes do this at
 * once, the last one wins. Asset folders of the former assembly are kept, because running functions may be read from them.
 *
 * @param draft a folder on the same file system
 */
export async function replaceAssembly(folder: string, draft: string): Promise<void> {
  await access(draft)
  const former: string[] = []
  for (let isThere = false; !isThere; ) {
    const next = `${draft}-former-${former.length}`
    former.push(next)
    isThere = await swapped(folder, draft, next)
  }
  for (const one of former) {
    const names = await readdir(one).catch(() => [])
    for (const name of names.filter((each) => each.startsWith('asset.') && !existsSync(join(folder, each)))) {
      // Fails if another process has replaced the assembly in the meantime.
      await rename(join(one, name), join(folder, name)).catch(() => {})
    }
    await rm(one, { recursive: true, force: true })
  }
}

/** False if another process has put an assembly there between the two steps. */
async function swapped(folder: string, draft: string, former: string): Promise<boolean> {
  await rename(folder, former).catch(unless('ENOENT'))
  return rename(draft, folder).then(() => true, unless('ENOTEMPTY', 'EEXIST'))
}

function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => false {
  return (error) => {
    if (codes.includes(error.code ?? '')) return false
    throw error
  }
}
