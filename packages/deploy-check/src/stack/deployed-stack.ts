import { setTimeout as sleep } from 'node:timers/promises'
import { parseProblem, parseVendResponse, type VendResponse } from '@topic-credentials/grants'
import type { FunctionEnvironment, Keys } from '../environment.js'
import { allowed, type Outcome, reasonOf, refused, undecided } from '../trials/outcome.js'
import { type Post, signedHandshake, signedHeaders } from './signing.js'
import { TestConnection } from './test-connection.js'

/** Topic filters to ask the vendor for. None of them: all that the caller is entitled to. */
export interface Ask {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
}

/** Seconds that what the check is given lasts: the least that STS takes. */
const shortest = 900

/** What was deployed, as somebody outside can reach it. */
export class DeployedStack {
  readonly #environment: FunctionEnvironment

  constructor(environment: FunctionEnvironment) {
    this.#environment = environment
  }

  /** Asks for credentials, signed with the check's own role. */
  async vend(ask: Ask): Promise<{ outcome: Outcome; vended?: VendResponse }> {
    const { credentialsUrl: url, keys, region } = this.#environment
    const post = { url, contentType: 'application/json', body: JSON.stringify({ ...ask, durationSeconds: shortest }) }
    return vendOutcome(await send(post, () => signedHeaders(post, keys, 'execute-api', region)))
  }

  /** Where credentials are to be had: by signature, and where users have tokens, by token. */
  get entrances(): URL[] {
    const { credentialsUrl, usersUrl } = this.#environment
    return credentialsUrl.href === usersUrl.href ? [usersUrl] : [credentialsUrl, usersUrl]
  }

  /** Where the role's sessions work. */
  get location(): { readonly partition: string; readonly region: string; readonly accountId: string } {
    const { roleArn, region } = this.#environment
    const [, partition = '', , , accountId = ''] = roleArn.split(':')
    return { partition, region, accountId }
  }

  /** Asks for credentials without saying who is asking. */
  async vendUnproven(url: URL): Promise<Outcome> {
    const post = { url, contentType: 'application/json', body: '{}' }
    return vendOutcome(await send(post, async () => ({}))).outcome
  }

  /** Assumes the topic role as the vendor does, but without a session policy. What it might give is thrown away. */
  async assumeRole(): Promise<Outcome> {
    const { roleArn: RoleArn } = this.#environment
    const { outcome } = await this.#sts({
      Action: 'AssumeRole',
      RoleArn,
      RoleSessionName: 'deploy-check',
      DurationSeconds: String(shortest),
    })
    return outcome
  }

  /** What the vendor puts before every user ID. */
  get userPrefix(): string {
    return this.#environment.userPrefix
  }

  /** The same signature at the same place for what everybody may ask: who it is, as the vendor is to call it (docs/adr/0002, 0100). */
  async callerIdentity(): Promise<{ outcome: Outcome; userId: string }> {
    const { outcome, text } = await this.#sts({ Action: 'GetCallerIdentity' })
    const [, role = '', session = ''] = /:assumed-role\/([^/<]+)\/([^<]+)<\/Arn>/u.exec(text) ?? []
    const { ownUser, userPrefix } = this.#environment
    return { outcome, userId: userPrefix + ownUser.replace('{role}', role).replace('{session}', session) }
  }

  /** Connects with what was vended. */
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

interface Response {
  /** 0 when there was no answer; `text` then says why. */
  readonly status: number
  readonly text: string
}

/** Sends until it is not throttled: a stack with a small limit is no broken one. */
async function send(post: Post, headers: () => Promise<Record<string, string>>, tries = 10): Promise<Response> {
  const response = await sendOnce(post, await headers())
  if (response.status !== 429 || tries === 0) return response
  await sleep(500)
  return send(post, headers, tries - 1)
}

async function sendOnce({ url, contentType, body }: Post, headers: Record<string, string>): Promise<Response> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': contentType },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    return { status: 0, text: reasonOf(error) }
  }
}

/** 401 and 403 are refusals; every other answer but credentials leaves open whether there would have been some. */
function vendOutcome({ status, text }: Response): { outcome: Outcome; vended?: VendResponse } {
  if (status === 0) return { outcome: undecided(text) }
  const body = json(text)
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

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
