import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { commandLine, messageOf, type Source, sourcesOf } from '@topic-credentials/project'
import type { LocalAws } from '../local-aws-types.js'
import { type FollowOptions, repeatedly, writtenAt } from './follow.js'
import { settingsOf, synthesize } from './synthesize.js'
import { shown, tell } from './tell.js'

/** What is followed. */
export interface FollowKeptOptions extends Omit<FollowOptions, 'aws' | 'assembly' | 'caughtUp'> {
  readonly aws: Pick<LocalAws, 'deploy' | 'plan' | 'deployedAt'>
  /** Called when something else is known of what is deployed. */
  readonly known: (known: Known) => void
}

/** What is known of the deployed stacks. */
export interface Known {
  /** Sources of that time are deployed, in milliseconds since the epoch. @default - those of the last deployment */
  readonly asOf?: number
  /** Changed sources are deployed by themselves. */
  readonly follows: boolean
  /** What was synthesized, and neither is deployed nor will be by itself. */
  readonly behind?: string
}

/**
 * Follows an account that `cdk deploy` deploys into. A changed source is synthesized with the settings of what is deployed, and deployed in place; cdk.out is then
 * the result. Where the settings are not known, the command that deploys it is said. What others synthesize to cdk.out is theirs to deploy, with the CDK's
 * approval of IAM changes: that it differs is said.
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
  /** Of what is deployed; undefined where they are not known. */
  #settings: object | undefined
  /** The deployment whose settings they are. */
  #settingsAt: number | undefined
  /** The difference that was printed last. */
  #told = ''
  /** When the stacks and the project's assembly were looked at last: `deployed written`. */
  #seen = ''
  /** The newest source that was dealt with. */
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
    // Files are written one after the other: the same twice is whole.
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

  /** Whether the project's assembly is what is deployed: then its settings are those of the deployment, and remain so until the next one. */
  async #compare(deployedAt: number): Promise<void> {
    const { known } = this.#options
    const written = writtenAt(join(this.#assembly, 'manifest.json'))
    const seen = `${deployedAt} ${written}`
    if (seen === this.#seen) return
    const differs = await this.#differences()
    // It is being written: the next look finds it whole.
    if (differs === undefined && written > deployedAt) return
    this.#seen = seen
    if (differs === '') {
      this.#settings = await settingsOf(this.#assembly)
      this.#settingsAt = deployedAt
    }
    if (this.#settingsAt !== deployedAt) this.#settings = undefined
    const behind = written > deployedAt && differs !== undefined && differs !== ''
    if (behind && differs !== this.#told) {
      this.#options.print(`! cdk.out is not what is deployed (${differs}): ${commandLine('deploy:local')} deploys it`)
    }
    this.#told = behind ? differs : ''
    known({ follows: this.#settings !== undefined, ...(behind ? { behind: 'cdk.out' } : {}) })
  }

  /** What the project's assembly would change; undefined where there is none that can be read. */
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
      // Also after a rollback the stacks have the settings that they had.
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

  /** Makes the project's assembly what is deployed, as after `cdk deploy`, unless the CDK's command line is using it: its locks are files there. */
  async #keep(folder: string): Promise<void> {
    const names = await readdir(this.#assembly).catch(() => [])
    if (names.some((name) => name.endsWith('.lock'))) return
    const former = `${folder}-former`
    await rm(former, { recursive: true, force: true })
    await rename(this.#assembly, former).catch(() => {}) // it may have been deleted
    await rename(folder, this.#assembly)
    await rm(former, { recursive: true, force: true })
    this.#seen = `${this.#options.aws.deployedAt} ${writtenAt(join(this.#assembly, 'manifest.json'))}`
  }
}
