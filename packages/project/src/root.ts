import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where the user's shell stands: pnpm and npm change into the package's folder and keep the original here. */
export function userDirectory(): string {
  return process.env.INIT_CWD ?? process.cwd()
}

/** A path as the user meant it: from where their shell stands. */
export function userPath(path: string): string {
  return resolve(userDirectory(), path)
}

/** The project's root: the nearest folder upwards that has a `cdk.json`; else where the shell stands. */
export function projectRoot(from: string = userDirectory()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder
    if (dirname(folder) === folder) return from
  }
}
