import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** The working directory of the user's shell: pnpm and npm change to the package's folder and store the original directory. */
function userDirectory(): string {
  return process.env.INIT_CWD ?? process.cwd()
}

/** Resolves a path relative to the user's shell. */
export function userPath(path: string): string {
  return resolve(userDirectory(), path)
}

/** The project's root: the nearest parent folder with a `cdk.json`; otherwise the working directory of the user's shell. */
export function projectRoot(from: string = userDirectory()): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder
    if (dirname(folder) === folder) return from
  }
}
