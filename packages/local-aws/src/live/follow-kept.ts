import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLine, messageOf, replaceAssembly, type Source, sourcesOf } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'
import { type FollowOptions, repeatedly, writtenAt } from './follow.js'
import { settingsOf, synthesize } from './synthesize.js'
import { shown, tell } from './tell.js'

/** The account and its sources. */
interface FollowKeptOptions extends Omit<FollowOptions, 'aws' | 'assembly' | 'caughtUp'> {
  readonly aws: Pick<LocalAws, 'deploy' | 'plan' | 'deployedAt'>
  /** Called when the state of the deployed stacks has changed. */
  readonly known: (known: Known) => void
}

/** The state of the deployed stacks compared with the project. */
export interface Known {
  /** The sources as of this time are deployed, in milliseconds since the epoch. @default - the time of the last deployment */
  readonly asOf?: number
  /** Changed sources are deployed automatically. */
  readonly follows: boolean
  /** A synthesized assembly that is not deployed, and will not be deployed automatically. */
  readonly behind?: string
}

/**
 * Follows an account that `cdk deploy` deploys into. A changed source is synthesized with the settings of the deployed stacks and deployed in
 * place; cdk.out then contains the result. If the settings are not known, the command that deploys is printed. An assembly that another command
 * synthesizes to cdk.out is only reported: `cdk deploy` deploys it, with its approval of IAM changes.
 *
 * @returns ends it, and resolves when nothing is under way
 */
export function followKept(options: FollowKeptOptions): () => Promise<void> {
  const following = new KeptFollowing(options)
  return repeatedly(() => following.look(), options.lookEveryMilliseconds)
}

class KeptFollowing {
  readonly #options: FollowKeptOptions
  readonly #assembly: string
  /** The settings of the deployed stacks; undefined if they are not known. */
  #settings: object | undefined
  /** The time of that deployment. */
  #settingsAt: number | undefined
  /** The difference that was printed last. */
  #printed = ''
  /** The compared deployment and assembly, by their times: `deployed written`. */
  #seen = ''
  /** Time of the newest source that was handled. */
  #handled = 0
  #settling = 0

  constructor(options: FollowKeptOptions) {
    this.#options = options
    this.#assembly = join(options.root, 'cdk.out')
  }

  async look(): Promise<void> {
    const { aws, root, known } = this.#options
    const { deployedAt } = aws
    if (deployedAt === undefined) return
    await this.#compare(deployedAt)
    const [source] = sourcesOf(root)
    if (source === undefined || source.writtenAt <= Math.max(deployedAt, this.#handled)) return
    // Files are written one after the other: if two looks see the same, all are written.
    if (this.#settling !== source.writtenAt) {
      this.#settling = source.writtenAt
      return
    }
    this.#handled = source.writtenAt
    if (this.#settings === undefined) {
      const command = commandLine('deploy:local')
      this.#options.print(`! ${source.file} has changed since the stack was deployed: ${command} deploys it`)
    } else if (await this.#deploy(source, this.#settings)) {
      known({ asOf: Math.max(source.writtenAt, aws.deployedAt ?? 0), follows: true })
    } else {
      this.#options.failed?.(source.writtenAt)
    }
  }

  /** Compares the project's assembly with the deployed stacks. If they are equal, its settings are those of the deployment, until the next one. */
  async #compare(deployedAt: number): Promise<void> {
    const { known } = this.#options
    const written = writtenAt(join(this.#assembly, 'manifest.json'))
    const seen = `${deployedAt} ${written}`
    if (seen === this.#seen) return
    const differs = await this.#differences()
    // It is being written: the next look compares it.
    if (differs === undefined && written > deployedAt) return
    this.#seen = seen
    if (differs === '') {
      this.#settings = await settingsOf(this.#assembly)
      this.#settingsAt = deployedAt
    }
    if (this.#settingsAt !== deployedAt) this.#settings = undefined
    const behind = written > deployedAt && differs !== undefined && differs !== ''
    if (behind && differs !== this.#printed) {
      this.#options.print(
        `! cdk.out differs from the deployed stack (${differs}): ${commandLine('deploy:local')} deploys it`,
      )
    }
    this.#printed = behind ? differs : ''
    known({ follows: this.#settings !== undefined, ...(behind ? { behind: 'cdk.out' } : {}) })
  }

  /** What the project's assembly would change; undefined if it cannot be read. */
  async #differences(): Promise<string | undefined> {
    try {
      const plans = await this.#options.aws.plan(this.#assembly)
      return plans.length === 0 ? undefined : plans.map(shown).join(' ').trim()
    } catch {
      return undefined
    }
  }

  async #deploy({ file }: Source, settings: object): Promise<boolean> {
    const { aws, root } = this.#options
    const folder = join(root, '.local-aws', `live-${process.pid}`)
    this.#options.print(`… ${file} has changed: synthesizing`)
    const began = performance.now()
    try {
      await synthesize(root, settings, folder)
      const deployed = await aws.deploy(folder, { standing: true })
      // After a rollback, the stacks have the same settings as before.
      this.#settingsAt = aws.deployedAt
      const done = tell(this.#options.print, deployed, file, began)
      if (done) await this.#keep(folder)
      return done
    } catch (error) {
      this.#options.print(`✗ ${file} is not deployed: ${messageOf(error)}`)
      return false
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

  /** Replaces the project's assembly, as after `cdk deploy`, unless the CDK's command line is using it: then it contains lock files. */
  async #keep(folder: string): Promise<void> {
    const names = await readdir(this.#assembly).catch(() => [])
    if (names.some((name) => name.endsWith('.lock'))) return
    await replaceAssembly(this.#assembly, folder)
    this.#seen = `${this.#options.aws.deployedAt} ${writtenAt(join(this.#assembly, 'manifest.json'))}`
  }
}
