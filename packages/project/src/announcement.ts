import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'

/** What another process needs to use a running stand-in. */
export interface Announcement {
  readonly version: 1
  /** The stand-in's own, different at each start. */
  readonly id: string
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly region: string
  readonly accountId: string
  /** By stack, by output. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** PEM of the certificate authority, and a file that holds it. */
  readonly ca: string
  readonly caFile: string
  /** `iot` is host and port, the others are URLs. `dynamodb` is there when what is deployed has a table. */
  readonly endpoints: {
    readonly sts: string
    readonly iam: string
    readonly api: string
    readonly iot: string
    readonly dynamodb?: string
    readonly plain?: string
    /** All services together. */
    readonly endpoint: string
  }
  /** Keys of a user that may call the API. They are worth nothing outside of this stand-in. */
  readonly developer: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Keys of a user that may revoke, and call the deploy check. */
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** What a stand-in knows of itself. More is not written down: of the keys, only these two parts. */
export type Announceable = Omit<Announcement, 'version' | 'pid' | 'startedAt'>

/** The project whose stand-in it is: its root folder. */
export interface AnnouncementPlace {
  readonly directory: string
}

const announcementFolder = '.local-aws'
const file = 'running.json'
/** A stand-in on this machine answers at once, or is not there. */
const healthMilliseconds = 1_000

/**
 * Lets other processes find a running stand-in: writes `.local-aws/running.json`, readable by this user only. A later
 * announcement replaces it. Call `remove` before closing the stand-in.
 *
 * @example
 * const announcement = await announce(aws, { directory: process.cwd() })
 * await announcement.remove()
 */
export async function announce(
  aws: Announceable,
  { directory }: AnnouncementPlace,
): Promise<{ readonly content: Announcement; remove(): Promise<void> }> {
  const { id, region, accountId, outputs, ca, caFile, endpoints } = aws
  const keys = ({ accessKeyId, secretAccessKey }: Announcement['developer']) => ({ accessKeyId, secretAccessKey })
  const content: Announcement = {
    version: 1,
    id,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    region,
    accountId,
    outputs,
    ca,
    caFile,
    endpoints,
    developer: keys(aws.developer),
    operator: keys(aws.operator),
  }
  const folder = join(directory, announcementFolder)
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  // Written apart and renamed: a reader finds a whole announcement or none.
  const draft = join(folder, `${id}.json`)
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, join(folder, file))
  return { content, remove: () => removeAnnouncement(directory, id) }
}

/**
 * The stand-in that runs for this project, proved to be alive by its own answer over TLS. An announcement that a dead
 * process left behind is removed.
 */
export async function findRunning({ directory }: AnnouncementPlace): Promise<Announcement | undefined> {
  const found = await readAnnouncement(directory)
  if (found === undefined) return undefined
  if (await isAlive(found)) return found
  await removeAnnouncement(directory, found.id)
  return undefined
}

async function readAnnouncement(directory: string): Promise<Announcement | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(join(directory, announcementFolder, file), 'utf8'))
    return isAnnouncement(found) ? found : undefined
  } catch {
    // None, or one of an other version's making: there is nothing to use.
    return undefined
  }
}

/** Only the stand-in that wrote it is meant: a later one's announcement stays. */
async function removeAnnouncement(directory: string, id: string): Promise<void> {
  if ((await readAnnouncement(directory))?.id !== id) return
  await rm(join(directory, announcementFolder, file), { force: true })
}

/** Whether the process behind the endpoint's port knows its ID and holds the key to its certificate. */
function isAlive({ id, endpoints, ca }: Announcement): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(healthMilliseconds)
    const request = get(`${endpoints.endpoint}/_local/health`, { ca, agent: false, signal }, async (response) => {
      try {
        let text = ''
        for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk
        resolve((JSON.parse(text) as { id?: unknown }).id === id)
      } catch {
        resolve(false)
      }
    })
    request.on('error', () => resolve(false))
  })
}

function isAnnouncement(value: unknown): value is Announcement {
  if (typeof value !== 'object' || value === null) return false
  const { version, id, pid, region, outputs, ca, caFile, endpoints, developer, operator } =
    value as Partial<Announcement>
  const texts = [
    id,
    region,
    ca,
    caFile,
    endpoints?.sts,
    endpoints?.iam,
    endpoints?.iot,
    developer?.accessKeyId,
    developer?.secretAccessKey,
    operator?.accessKeyId,
    operator?.secretAccessKey,
  ]
  return (
    version === 1 &&
    typeof pid === 'number' &&
    typeof outputs === 'object' &&
    texts.every((text) => typeof text === 'string') &&
    /^https:\/\/localhost:\d+$/u.test(endpoints?.endpoint ?? '')
  )
}
