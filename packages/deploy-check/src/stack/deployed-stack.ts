import {
  durationLimits,
  parseJson,
  parseProblem,
  parseVendResponse,
  type VendResponse,
} from '@topic-credentials/grants'
import type { FunctionEnvironment, Keys } from '../environment.js'
import { allowed, type Outcome, reasonOf, refused, undecided } from '../trials/outcome.js'
import { AccessItem } from './access-item.js'
import { type Response, send } from './post.js'
import { signedHandshake, signedHeaders } from './signing.js'
import { TestConnection } from './test-connection.js'

/** Topic filters to request. Empty lists request all grants of the caller. */
export interface Ask {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
}

/** The deployed stack, accessed from outside. */
export class DeployedStack {
  readonly #environment: FunctionEnvironment

  constructor(environment: FunctionEnvironment) {
    this.#environment = environment
  }

  /** Requests credentials, signed with the check's own role. */
  async vend(ask: Ask): Promise<{ outcome: Outcome; vended?: VendResponse }> {
    const { credentialsUrl: url, keys, region } = this.#environment
    const post = {
      url,
      contentType: 'application/json',
      body: JSON.stringify({ ...ask, durationSeconds: durationLimits.minimum }),
    }
    return vendOutcome(await send(post, () => signedHeaders(post, keys, 'execute-api', region)))
  }

  /** The URLs that vend credentials: the one for signatures and, if users have tokens, the one for tokens. */
  get entrances(): URL[] {
    const { credentialsUrl, usersUrl } = this.#environment
    return credentialsUrl.href === usersUrl.href ? [usersUrl] : [credentialsUrl, usersUrl]
  }

  /** Location of the role's sessions. */
  get location(): { readonly partition: string; readonly region: string; readonly accountId: string } {
    const { roleArn, region } = this.#environment
    const [, partition = '', , , accountId = ''] = roleArn.split(':')
    return { partition, region, accountId }
  }

  /** Requests credentials without any authentication. */
  async vendUnproven(url: URL): Promise<Outcome> {
    const post = { url, contentType: 'application/json', body: '{}' }
    return vendOutcome(await send(post, async () => ({}))).outcome
  }

  /** Assumes the topic role as the vendor does, but without a session policy. Credentials in the response are discarded. */
  async assumeRole(): Promise<Outcome> {
    const { roleArn: RoleArn } = this.#environment
    const { outcome } = await this.#sts({
      Action: 'AssumeRole',
      RoleArn,
      RoleSessionName: 'deploy-check',
      DurationSeconds: String(durationLimits.minimum),
    })
    return outcome
  }

  /** The check's own item in the access table. Undefined if there is no table. */
  get accessItem(): AccessItem | undefined {
    const { ownItem, keys, region } = this.#environment
    return ownItem === undefined ? undefined : new AccessItem(ownItem, keys, region)
  }

  /** The vendor's prefix of every user ID. */
  get userPrefix(): string {
    return this.#environment.userPrefix
  }

  /** Calls GetCallerIdentity, which needs no permission, and returns the user ID that the vendor must use for it (docs/adr/0001, 0039). */
  async callerIdentity(): Promise<{ outcome: Outcome; userId: string }> {
    const { outcome, text } = await this.#sts({ Action: 'GetCallerIdentity' })
    const [, role = '', session = ''] = /:assumed-role\/([^/<]+)\/([^<]+)<\/Arn>/u.exec(text) ?? []
    const { ownUser, userPrefix } = this.#environment
    return { outcome, userId: userPrefix + ownUser.replace('{role}', role).replace('{session}', session) }
  }

  /** Connects with vended credentials. */
  async connect(
    { credentials, endpoint, region }: VendResponse,
    clientId: string,
    tamper: (url: string) => string = (url) => url,
  ): Promise<{ outcome: Outcome; session?: TestConnection }> {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const keys: Keys = { accessKeyId, secretAccessKey, sessionToken }
    return TestConnection.open(tamper(await signedHandshake(endpoint, keys, region)), clientId)
  }

  async #sts(parameters: Record<string, string>): Promise<{ outcome: Outcome; text: string }> {
    const { stsUrl: url, keys, region } = this.#environment
    const body = new URLSearchParams({ ...parameters, Version: '2011-06-15' }).toString()
    const post = { url, contentType: 'application/x-www-form-urlencoded; charset=utf-8', body }
    const { status, text } = await send(post, () => signedHeaders(post, keys, 'sts', region))
    if (status === 200) return { outcome: allowed, text }
    const code = /<Code>(\w+)<\/Code>/u.exec(text)?.[1] ?? ''
    const outcome = code === 'AccessDenied' ? refused(code) : undecided(`HTTP ${status} ${code || text}`.trim())
    return { outcome, text }
  }
}

/** 401 and 403 are refusals; any other response without credentials is undecided. */
function vendOutcome({ status, text }: Response): { outcome: Outcome; vended?: VendResponse } {
  if (status === 0) return { outcome: undecided(text) }
  const body = parseJson(text)
  if (status === 200) {
    try {
      return { outcome: allowed, vended: parseVendResponse(body) }
    } catch (error) {
      return { outcome: undecided(`HTTP 200, but ${reasonOf(error)}`) }
    }
  }
  const problem = parseProblem(body)
  const how = problem === undefined ? `HTTP ${status}` : `HTTP ${status} ${problem.code}: ${problem.detail}`
  return { outcome: status === 401 || status === 403 ? refused(how) : undecided(how) }
}
