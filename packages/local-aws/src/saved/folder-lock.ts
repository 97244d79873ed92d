import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The process that holds a folder. */
interface Holder {
  readonly pid: number
  /** The path of the folder: in a copy of the folder, the lock is not valid. */
  readonly folder: string
  readonly token: string
}

interface Lock {
  readonly file: string
  readonly number: number
  /** Undefined if the process has ended. */
  readonly holder: Holder | undefined
}

/** A folder that another process is using. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly code = 'in_use'
  /** The folder. */
  readonly value: string
  readonly remedy: string

  constructor(value: string, pid: number, lock: string) {
    super(`Another stand-in, process ${pid}, stores its account in ${value}`)
    this.value = value
    this.remedy = `Stop it, or start this one in another folder. If process ${pid} is another program, delete ${lock}.`
  }
}

/** Deletes the contents of a folder that this process holds. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (numberOf(name) === undefined) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/**
 * Locks a folder for this process. The lock of an ended process is not valid: the next lock has the next number, which only one process can
 * create.
 *
 * @returns releases the lock
 * @throws FolderInUseError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const holder: Holder = { pid: process.pid, folder: await realpath(folder), token: randomUUID() }
  const draft = join(folder, `.${holder.token}`)
  await writeFile(draft, JSON.stringify(holder))
  try {
    for (;;) {
      const before = await locksOf(holder.folder)
      requireFree(folder, before, holder)
      const mine = join(folder, `lock.${Math.max(0, ...before.map(({ number }) => number)) + 1}`)
      // Creating a link is atomic, and fails if it exists.
      if (!(await linked(draft, mine))) continue
      try {
        // Another process may have created a lock with another number, if all others were released in between.
        requireFree(folder, await locksOf(holder.folder), holder)
      } catch (error) {
        await rm(mine)
        throw error
      }
      await Promise.all(before.map(({ file }) => rm(file, { force: true })))
      return () => rm(mine, { force: true })
    }
  } finally {
    await rm(draft)
  }
}

function requireFree(folder: string, locks: readonly Lock[], { token }: Holder): void {
  for (const { file, holder } of locks) {
    if (holder !== undefined && holder.token !== token) throw new FolderInUseError(folder, holder.pid, file)
  }
}

async function locksOf(folder: string): Promise<Lock[]> {
  const names = await readdir(folder)
  const locks = names.flatMap((name) => {
    const number = numberOf(name)
    return number === undefined ? [] : [{ file: join(folder, name), number }]
  })
  return Promise.all(locks.map(async (lock) => ({ ...lock, holder: await livingHolder(lock.file, folder) })))
}

function numberOf(name: string): number | undefined {
  const number = /^lock\.(\d+)$/u.exec(name)?.[1]
  return number === undefined ? undefined : Number(number)
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Undefined if the lock does not exist, cannot be read, or is of another folder or of a process that has ended. */
async function livingHolder(file: string, folder: string): Promise<Holder | undefined> {
  try {
    const holder = JSON.parse(await readFile(file, 'utf8')) as Holder
    return holder.folder === folder && lives(holder.pid) ? holder : undefined
  } catch {
    return undefined
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
