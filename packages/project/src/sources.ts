import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Announcement } from './announcement.js'

/** A file that the deployed stack is made of, and when it was written, in milliseconds since the epoch. */
export interface Source {
  readonly file: string
  readonly writtenAt: number
}

/** Files that change what is deployed without a build: those that `watch.include` of cdk.json names. Patterns are left out. Newest first. */
export function sourcesOf(root: string): readonly Source[] {
  const files = includedIn(root).flatMap((file) => {
    const stat = statSync(join(root, file), { throwIfNoEntry: false })
    return stat?.isFile() ? [{ file, writtenAt: stat.mtimeMs }] : []
  })
  return files.sort((one, other) => other.writtenAt - one.writtenAt)
}

/** What was changed after the running stand-in's stacks were deployed; undefined where nothing was. */
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
    // No project, or none whose files can be known.
    return []
  }
}
