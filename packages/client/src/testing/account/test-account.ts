import { join } from 'node:path'
import { type JournalEntry, type LocalAws, type LocalAwsOptions, startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { type ConnectOptions, connect } from '../../connect.js'
import type { RefreshTiming, VendedCredentialsProvider } from '../../credentials/provider.js'
import { type FromVendorOptions, timedProvider } from '../../from-vendor.js'
import type { Session } from '../../session.js'

/** Called for each entry of the stand-in's journal. */
type Watch = (entry: JournalEntry) => void

/** A stand-in for one test file, with a journal that can be waited on, and sessions that are closed at the end. */
export class TestAccount implements AsyncDisposable {
  readonly aws: LocalAws
  readonly journal: JournalEntry[]
  readonly #watches: Set<Watch>
  readonly #open: AsyncDisposable[] = []

  private constructor(aws: LocalAws, journal: JournalEntry[], watches: Set<Watch>) {
    this.aws = aws
    this.journal = journal
    this.#watches = watches
  }

  /**
   * Starts without the deploy check, which takes longer than the rest of the start.
   *
   * @param switches behaviour that AWS's documentation leaves open, if it differs from the stand-in's defaults
   */
  static async start(switches: NonNullable<LocalAwsOptions['switches']> = {}): Promise<TestAccount> {
    const journal: JournalEntry[] = []
    const watches = new Set<Watch>()
    const assembly = join(projectRoot(process.cwd()), 'cdk.out')
    const aws = await startLocalAws({
      assembly,
      switches,
      triggers: false,
      journal: (entry) => {
        journal.push(entry)
        for (const watch of watches) watch(entry)
      },
    })
    return new TestAccount(aws, journal, watches)
  }

  /** Waits for the next matching entry of the journal, and calls back synchronously. */
  happens(wanted: (entry: JournalEntry) => boolean, then: () => void = () => {}): Promise<JournalEntry> {
    return new Promise((resolve) => {
      const watch = (entry: JournalEntry) => {
        if (!wanted(entry)) return
        this.#watches.delete(watch)
        then()
        resolve(entry)
      }
      this.#watches.add(watch)
    })
  }

  /** A separate provider, which requests its own credentials. */
  credentials(options: Partial<FromVendorOptions> = {}, timing?: Partial<RefreshTiming>): VendedCredentialsProvider {
    const { aws } = this
    const { accessKeyId, secretAccessKey } = aws.developer
    const credentials = timedProvider(
      {
        url: String(aws.outputs.TopicCredentials?.CredentialsUrl),
        region: aws.region,
        ca: aws.ca,
        credentials: { accessKeyId, secretAccessKey },
        ...options,
      },
      timing,
    )
    this.#open.push({ [Symbol.asyncDispose]: async () => credentials.close() })
    return credentials
  }

  async connect(options: Partial<ConnectOptions> = {}): Promise<Session> {
    const session = await connect({ credentials: this.credentials(), ca: this.aws.ca, ...options })
    this.#open.push(session)
    return session
  }

  /** Vends that have succeeded so far. */
  vends(): number {
    return this.journal.filter(({ event, outcome }) => event === 'AssumeRole' && outcome === 'ok').length
  }

  /** Cuts the connection of a session, and waits until it is established again. */
  async cut(session: Session): Promise<void> {
    const back = new Promise((resolve) => session.once('connected', resolve))
    this.aws.faults.cutSockets(session.clientId)
    await back
  }

  async closeSessions(): Promise<void> {
    for (const one of this.#open.splice(0).reverse()) await one[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeSessions()
    await this.aws.close()
  }
}
