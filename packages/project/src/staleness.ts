import { setTimeout as delay } from 'node:timers/promises'
import { type Announcement, findRunning } from './announcement.js'
import { commandLine } from './command-line.js'
import { changedSince } from './sources.js'

/** A synthesis and an update take some seconds. */
const patienceMilliseconds = 60_000
const lookEveryMilliseconds = 250

/**
 * The stand-in once it has deployed what was changed, where it does so by itself, and what to tell the user where it is behind.
 *
 * @example
 * const { running, notice } = await upToDate(root, found)
 * if (notice !== undefined) console.error(notice)
 */
export async function upToDate(
  root: string,
  found: Announcement,
): Promise<{ readonly running: Announcement; readonly notice?: string }> {
  let running = found
  const deadline = performance.now() + patienceMilliseconds
  while (isComing(root, running) && performance.now() < deadline) {
    await delay(lookEveryMilliseconds)
    running = (await findRunning({ directory: root })) ?? running
  }
  const changed = changedSince(root, running)
  if (changed !== undefined) {
    const what = `${changed.file} was changed after the running stand-in's stack was deployed`
    const next = running.follows
      ? 'it is not deployed yet, and the terminal of the stand-in says why'
      : `deploy it with ${commandLine('deploy:local')}`
    return { running, notice: `${what}: ${next}.` }
  }
  if (running.behind === undefined) return { running }
  const notice = `${running.behind} is not what the running stand-in's stack was deployed from: deploy it with ${commandLine('deploy:local')}.`
  return { running, notice }
}

/** Whether the stand-in is about to deploy what was changed. */
function isComing(root: string, running: Announcement): boolean {
  const changed = changedSince(root, running)
  if (!running.follows || changed === undefined) return false
  return running.failedAt === undefined || changed.writtenAt > Date.parse(running.failedAt)
}
