import { statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, sourcesOf } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'
import { settingsOf, synthesize } from './synthesize.js'
import { tell } from './tell.js'

/** The account and its sources. */
export interface FollowOptions {
  readonly aws: Pick<LocalAws, 'deploy'>
  /** Folder of the assembly that is deployed. */
  readonly assembly: string
  /** The project: its cdk.json names the app and its sources. */
  readonly root: string
  /** Prints a line of text. */
  readonly print: (line: string) => void
  /** Called when the sources as of this time, in milliseconds since the epoch, are deployed. */
  readonly caughtUp: (asOf: number) => void
  /** Called when the sources as of this time could not be deployed. */
  readonly failed?: (asOf: number) => void
  /** @default 500 */
  readonly lookEveryMilliseconds?: number
}

/**
 * Calls `look` again and again, one call at a time.
 *
 * @returns ends it, and resolves when nothing is under way
 */
export function repeatedly(look: () => Promise<void> | undefined, milliseconds = 500): () => Promise<void> {
  let work: Promise<void> | undefined
  const timer = setInterval(() => {
    work ??= look()?.finally(() => {
      work = undefined
    })
  }, milliseconds)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await work
  }
}

/**
 * Deploys changes in place: of the assembly, and of the sources that cdk.json's `watch` names, which are synthesized here first. One change at a
 * time; changes during a deployment are deployed next.
 *
 * @returns ends it, and resolves when nothing is under way
 */
export function follow(options: FollowOptions): () => Promise<void> {
  const { assembly, root, caughtUp } = options
  const manifest = join(assembly, 'manifest.json')
  let seen = { assembly: writtenAt(manifest), sources: newestOf(root) }
  let settling = 0
  const folders: string[] = []
  // An assembly is newer than its sources.
  caughtUp(seen.assembly)
  const look = () => {
    const next = { assembly: writtenAt(manifest), sources: newestOf(root) }
    if (next.assembly === seen.assembly && next.sources === seen.sources) return undefined
    // Files are written one after the other: if two looks see the same, all are written.
    if (settling !== next.assembly + next.sources) {
      settling = next.assembly + next.sources
      return undefined
    }
    const bySources = next.sources > Math.max(seen.sources, next.assembly)
    seen = next
    if (!bySources) return fromAssembly(options, next.assembly)
    return fromSources(options, next.sources, made(root, folders))
  }
  const stop = repeatedly(look, options.lookEveryMilliseconds)
  return async () => {
    await stop()
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  }
}

/** Another folder: functions deployed from earlier ones still read those. */
function made(root: string, folders: string[]): string {
  const folder = join(root, '.local-aws', `live-${process.pid}-${folders.length}`)
  folders.push(folder)
  return folder
}

async function fromAssembly({ aws, assembly, print, caughtUp }: FollowOptions, asOf: number): Promise<void> {
  try {
    const began = performance.now()
    if (tell(print, await aws.deploy(assembly), 'cdk.out', began)) caughtUp(asOf)
  } catch (error) {
    print(`✗ ${assembly} is not deployed: ${messageOf(error)}`)
  }
}

async function fromSources(
  { aws, assembly, root, print, caughtUp, failed = () => {} }: FollowOptions,
  asOf: number,
  folder: string,
): Promise<void> {
  const file = sourcesOf(root)[0]?.file ?? 'a source'
  print(`… ${file} has changed: synthesizing`)
  const began = performance.now()
  try {
    await synthesize(root, await settingsOf(assembly), folder)
    if (tell(print, await aws.deploy(folder), file, began)) {
      caughtUp(asOf)
      return
    }
  } catch (error) {
    print(`✗ ${file} is not deployed: ${messageOf(error)}`)
  }
  failed(asOf)
}

/** 0 if it does not exist. */
export function writtenAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newestOf(root: string): number {
  return sourcesOf(root)[0]?.writtenAt ?? 0
}
