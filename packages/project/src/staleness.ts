import { setTimeout as delay } from 'node:timers/promises'
import { type Announcement, findRunning } from './announcement.js'
import { commandLine } from './command-line.js'
import { changedSince } from './sources.js'

/** A synthesis and an update take some seconds. */
const patienceMilliseconds = 60_000
const lookEveryMilliseconds = 250

/**
 * Waits until a stand-in that deploys changes by itself has done so. Returns it, with a notice for the user if its stack is outdated.
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
      ? 'it is not deployed yet. The terminal of the stand-in shows the reason'
      : `deploy it with ${commandLine('deploy:local')}`
    return { running, notice: `${what}: ${next}.` }
  }
  if (running.behind === undefined) return { running }
  const notice = `${running.behind} differs from the deployed stack of the running stand-in: deploy it with ${commandLine('deploy:local')}.`
  return { running, notice }
}

/** Whether the stand-in is about to deploy the change. */
function isComing(root: string, running: Announcement): boolean {
  const changed = changedSince(root, running)
  if (!running.follows || changed === undefined) return false
  return running.failedAt === undefined || changed.writtenAt > Date.parse(running.failedAt)
}
