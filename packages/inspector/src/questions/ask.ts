import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fromVendor, type VendedIdentity } from '@topic-credentials/client'
import {
  entitledTo,
  estimatePackedSize,
  explain,
  parseEntitlements,
  sessionPolicyLimit,
} from '@topic-credentials/grants'
import { prove } from '@topic-credentials/grants/proof'
import type { LocalAws } from '@topic-credentials/local-aws'
import { authorize } from '@topic-credentials/local-aws/iam'
import { messageOf } from '@topic-credentials/project'
import type { AskView } from '../records/shapes.js'
import { requestFor } from './decision-view.js'

/** A user and an operation. */
export interface Question {
  readonly user: string
  readonly claims: Readonly<Record<string, unknown>>
  /** `Publish`, `Subscribe`, …; '' for no operation. */
  readonly operation: string
  /** Topic, topic filter or client ID. */
  readonly on: string
}

const resourceTypes: Readonly<Record<string, string>> = {
  Connect: 'client',
  Publish: 'topic',
  RetainPublish: 'topic',
  Subscribe: 'topicfilter',
  Receive: 'topic',
}

/**
 * Signs the user in, requests credentials, and explains them: rules, grants, the session policy, its decision and its proof. The credentials stay in
 * this process.
 *
 * @throws SignInError, TopicCredentialsError as the user would get them
 */
export async function ask(aws: LocalAws, question: Question): Promise<AskView> {
  const { user, claims, operation, on } = question
  const vended = await vend(aws, user, claims)
  const { userId, grants, dropped = [] } = vended.vended
  const principal = aws.directory.accessKey(vended.accessKeyId)?.principal
  const { identity = [], session = [] } = principal?.policies() ?? {}
  const document = JSON.stringify(session[0]?.document ?? {})
  const { policyCharacters, policyForm = 'full' } = vended.vended
  const { low, high } = estimatePackedSize(document)
  return {
    userId,
    rules: await rulesFor(aws, userId, claims),
    grants: { ...grants },
    dropped: dropped.map(({ reason, remedy }) => `${reason} ${remedy}`),
    policy: {
      characters: policyCharacters,
      limit: sessionPolicyLimit,
      form: policyForm,
      packed: `${low} to ${high} % of what STS takes`,
      document: JSON.stringify(session[0]?.document ?? {}, null, 2),
    },
    ...decisionOn(aws, vended, operation, on),
    proof: proofOf({ role: identity.map((one) => one.document), session: session[0]?.document }, vended, aws),
  }
}

async function vend(aws: LocalAws, user: string, claims: Question['claims']): Promise<VendedIdentity> {
  const signedIn = await aws.signIn({ user, claims })
  const url = credentialsUrl(aws)
  const proof =
    signedIn.kind === 'token'
      ? { token: signedIn.token }
      : { credentials: { ...signedIn, expiration: new Date(signedIn.expiration) } }
  const provider = fromVendor({ url, ca: aws.ca, region: aws.region, ...proof })
  try {
    return await provider()
  } finally {
    provider.close()
  }
}

/** The output of the stack with a vendor. */
export function credentialsUrl({ outputs }: LocalAws): string {
  const urls = Object.values(outputs).flatMap(({ CredentialsUrl }) => CredentialsUrl ?? [])
  const [url] = urls
  if (url === undefined) throw new Error('No stack with a credential vendor is deployed')
  return url
}

async function rulesFor(aws: LocalAws, userId: string, claims: Question['claims']): Promise<AskView['rules']> {
  const file = await entitlementsOf(aws)
  if (file === undefined) return []
  const { grants, rulesOf } = entitledTo(parseEntitlements(file), { userId, claims })
  const given = (['publish', 'subscribe', 'retain'] as const).flatMap((kind) =>
    grants[kind].map((filter) => ({ kind, filter })),
  )
  return file.entitlements.map((rule, index) => {
    const place = `entitlements[${index}]`
    const own = given.filter((grant) => rulesOf(grant).includes(place)).map(({ kind, filter }) => `${kind} ${filter}`)
    return { place, text: JSON.stringify(rule), grants: own }
  })
}

/** The entitlements in the function's package. */
async function entitlementsOf({ outputs, functions }: LocalAws): Promise<{ entitlements: unknown[] } | undefined> {
  const name = Object.values(outputs).flatMap(({ FunctionName }) => FunctionName ?? [])[0] ?? ''
  const folder = functions.get(name)?.configuration.codeDirectory
  if (folder === undefined) return undefined
  return JSON.parse(await readFile(join(folder, 'entitlements.json'), 'utf8')) as { entitlements: unknown[] }
}

function decisionOn(aws: LocalAws, vended: VendedIdentity, operation: string, on: string): Pick<AskView, 'decision'> {
  const type = resourceTypes[operation]
  const request = requestFor(`iot:${operation}`, on)
  const principal = aws.directory.accessKey(vended.accessKeyId)?.principal
  if (type === undefined || request === undefined || principal === undefined) return {}
  const { allowed, reason: sentence } = explain(vended.vended.grants, { userId: vended.vended.userId }, request)
  const resource = `arn:aws:iot:${aws.region}:${aws.accountId}:${type}/${on}`
  const { outcome, reason } = authorize(principal, { action: `iot:${operation}`, resource })
  return { decision: { allowed, sentence, byIam: reason, agree: allowed === (outcome === 'Allowed') } }
}

function proofOf(
  policies: { readonly role: unknown; readonly session: unknown },
  { vended: { grants, userId } }: VendedIdentity,
  { region, accountId }: LocalAws,
): string {
  try {
    const proof = prove(policies, grants, userId, { partition: 'aws', region, accountId })
    const { states } = proof
    if ('undecided' in proof) return `Undecided after ${states} states.`
    if (proof.equal) return `Proved: IAM allows exactly these grants, for every name (${states} states).`
    const { action, name, allowed, granted } = proof
    return `Not equal: ${action} on ${name} is ${allowed ? 'allowed' : 'refused'} and ${granted ? 'granted' : 'not granted'}.`
  } catch (error) {
    return `No proof: ${messageOf(error)}`
  }
}
