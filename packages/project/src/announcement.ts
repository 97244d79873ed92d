import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { join } from 'node:path'
import { isRecord, parseJson, recordOf } from './json.js'

/** The information that another process needs to use a running stand-in. */
export interface Announcement {
  readonly version: 1
  /** Unique for each start of a stand-in. */
  readonly id: string
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly region: string
  readonly accountId: string
  /** By stack name, then by output name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The certificate authority as PEM, and the path of a file with it. */
  readonly ca: string
  readonly caFile: string
  /** `iot` is host and port, the others are URLs. `dynamodb` is set if the deployed stacks have a table. */
  readonly endpoints: {
    readonly sts: string
    readonly iam: string
    readonly api: string
    readonly iot: string
    readonly dynamodb?: string
    readonly plain?: string
    /** Issuer of tokens. */
    readonly issuer?: string
    /** One endpoint for all services. */
    readonly endpoint: string
  }
  /** Access keys of a user that can call the API. They only work in this stand-in. */
  readonly developer: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** Secret for sign-in requests: only processes of this user can read it. */
  readonly signInSecret?: string
  /** ISO 8601: sources that were changed before this time are deployed. Absent: unknown. */
  readonly asOf?: string
  /** Whether the stand-in deploys changed sources by itself. */
  readonly follows?: true
  /** ISO 8601: sources of this time could not be deployed. The terminal of the stand-in shows the reason. */
  readonly failedAt?: string
  /** A synthesized file that differs from the deployed stack and that the stand-in does not deploy by itself. */
  readonly behind?: string
  /** Access keys of a user that can revoke access and invoke the deploy check. */
  readonly operator: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** The part of an announcement that the stand-in provides. Of its keys, only these two users' are written to the file. */
export type Announceable = Omit<Announcement, 'version' | 'pid' | 'startedAt'>

/** The project of the stand-in: its root folder. */
export interface AnnouncementPlace {
  readonly directory: string
}

const announcementFolder = '.local-aws'
const file = 'running.json'
/** Milliseconds for a response. On a busy machine it takes seconds; where nothing listens, the connection is refused immediately. */
const patienceMilliseconds = 15_000

/**
 * Makes a running stand-in discoverable by other processes: writes `.local-aws/running.json`, readable by this user only. A later
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
    ...(aws.signInSecret === undefined ? {} : { signInSecret: aws.signInSecret }),
    ...(aws.asOf === undefined ? {} : { asOf: aws.asOf }),
    ...(aws.follows === undefined ? {} : { follows: aws.follows }),
    ...(aws.failedAt === undefined ? {} : { failedAt: aws.failedAt }),
    ...(aws.behind === undefined ? {} : { behind: aws.behind }),
  }
  const folder = join(directory, announcementFolder)
  await mkdir(folder, { recursive: true })
  await chmod(folder, 0o700)
  // Written to a separate file and renamed, so that a reader never sees a partial announcement.
  const draft = join(folder, `${id}.json`)
  await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  await rename(draft, join(folder, file))
  return { content, remove: () => removeAnnouncement(directory, id) }
}

/**
 * The stand-in that runs for this project, verified by a request over TLS.
 *
 * An announcement is removed if nothing or something else answers at its port. If there is no answer in time, it is kept as long as its
 * process exists: a process that is stopped or starved can continue.
 */
export async function findRunning(
  { directory }: AnnouncementPlace,
  patienceMs = patienceMilliseconds,
): Promise<Announcement | undefined> {
  const found = await readAnnouncement(directory)
  if (found === undefined) return undefined
  const health = await healthOf(found, patienceMs)
  if (health === 'running') return found
  if (health === 'gone' || !exists(found.pid)) await removeAnnouncement(directory, found.id)
  return undefined
}

async function readAnnouncement(directory: string): Promise<Announcement | undefined> {
  // A file that is missing, or that another version of the stand-in wrote, cannot be used.
  const text = await readFile(join(directory, announcementFolder, file), 'utf8').catch(() => '')
  const found = parseJson(text)
  return isAnnouncement(found) ? found : undefined
}

/** Removes only the announcement with this ID; one of a later stand-in stays. */
async function removeAnnouncement(directory: string, id: string): Promise<void> {
  if ((await readAnnouncement(directory))?.id !== id) return
  await rm(join(directory, announcementFolder, file), { force: true })
}

/** `running` if the process behind the port knows the ID and holds the private key of the certificate; `silent` without an answer in time. */
function healthOf({ id, endpoints, ca }: Announcement, patienceMs: number): Promise<'gone' | 'running' | 'silent'> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(patienceMs)
    const failed = () => resolve(signal.aborted ? 'silent' : 'gone')
    const request = get(`${endpoints.endpoint}/_local/health`, { ca, agent: false, signal }, async (response) => {
      try {
        let text = ''
        for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk
        resolve(recordOf(parseJson(text)).id === id ? 'running' : 'gone')
      } catch {
        failed()
      }
    })
    request.on('error', failed)
  })
}

/** Whether there is a process with this ID. One of another user exists too, and cannot be signalled (EPERM). */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function isAnnouncement(value: unknown): value is Announcement {
  if (!isRecord(value)) return false
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
