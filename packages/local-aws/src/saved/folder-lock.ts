import { randomUUID } from 'node:crypto'
import { link, mkdir, readdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Who has a folder. */
interface Holder {
  readonly pid: number
  /** A copy of the folder is not held by who holds the folder. */
  readonly folder: string
  readonly token: string
}

/** A folder that another process is using. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly code = 'in_use'
  /** The folder. */
  readonly value: string
  readonly remedy: string

  constructor(value: string, pid: number, lock: string) {
    super(`Another stand-in, process ${pid}, keeps its account in ${value}`)
    this.value = value
    this.remedy = `End it, or start this one in another folder. If process ${pid} is something else, delete ${lock}.`
  }
}

const lockName = 'lock'

/** Forgets what is in a folder that this process has. */
export async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name !== lockName) await rm(join(folder, name), { recursive: true, force: true })
  }
}

/**
 * Takes a folder for this process. One whose process has ended is free.
 *
 * @returns how to give it back
 * @throws FolderInUseError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = join(folder, lockName)
  const token = randomUUID()
  const mine = `${lock}.${token}`
  await writeFile(mine, JSON.stringify({ pid: process.pid, folder: await realpath(folder), token } satisfies Holder))
  try {
    // A link is made whole or not at all, and not where one is.
    while (!(await linked(mine, lock))) await removeDead(lock, folder)
  } finally {
    await rm(mine, { force: true })
  }
  return async () => {
    if ((await holderOf(lock))?.token === token) await rm(lock, { force: true })
  }
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

/** @throws FolderInUseError when its holder lives */
async function removeDead(lock: string, folder: string): Promise<void> {
  const holder = await holderOf(lock)
  if (holder !== undefined && holder.folder === (await realpath(folder)) && lives(holder.pid)) {
    throw new FolderInUseError(folder, holder.pid, lock)
  }
  // Moved first: whoever comes second finds none, and takes away nobody else's.
  const dead = `${lock}.${randomUUID()}`
  await rename(lock, dead).catch(() => {})
  const moved = await holderOf(dead)
  if (moved !== undefined && moved.token !== holder?.token) await linked(dead, lock)
  await rm(dead, { force: true })
}

/** Undefined where there is none, or none that can be read. */
async function holderOf(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder
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
