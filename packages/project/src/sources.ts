import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Announcement } from './announcement.js'

/** A source file of the deployed stack, with the time of its last change in milliseconds since the epoch. */
export interface Source {
  readonly file: string
  readonly writtenAt: number
}

/** The files in `watch.include` of cdk.json, newest first: a change of them changes the stack without a build. Patterns are ignored. */
export function sourcesOf(root: string): readonly Source[] {
  const files = includedIn(root).flatMap((file) => {
    const stat = statSync(join(root, file), { throwIfNoEntry: false })
    return stat?.isFile() ? [{ file, writtenAt: stat.mtimeMs }] : []
  })
  return files.sort((one, other) => other.writtenAt - one.writtenAt)
}

/** The source that was changed last after the deployment to the running stand-in; undefined if there is none. */
export function changedSince(root: string, { asOf }: Pick<Announcement, 'asOf'>): Source | undefined {
  const [newest] = sourcesOf(root)
  if (newest === undefined || asOf === undefined) return undefined
  return newest.writtenAt > Date.parse(asOf) ? newest : undefined
}

function includedIn(root: string): readonly string[] {
  try {
    const { watch } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { watch?: { include?: unknown } }
    return [watch?.include ?? []].flat().filter((file): file is string => typeof file === 'string')
  } catch {
    // There is no project, or its cdk.json cannot be read.
    return []
  }
}
