import { EntitlementError } from '../errors.js'
import type { GrantKind } from '../grant-types.js'
import { revocationRoom, rolePolicyLimit } from '../limits.js'
import { parseSubscription } from '../mqtt/topic-filter.js'
import { denyTyped } from '../policy/forms/plain-form.js'
import { arnHead, type IotLocation, type ResourceType, resourceArn } from '../policy/iam/arn.js'
import { type Glob, includesGlob, wildcard } from '../policy/iam/glob.js'
import { oneOrMany, type PolicyDocument, policyText, type Statement } from '../policy/iam/policy-document.js'
import { sharedDenies } from '../policy/shared-denies.js'
import { exactnessDenies, type WiderTemplate } from './ceiling-denies.js'
import type { Entitlements } from './entitlements.js'
import type { Template } from './template.js'

/** The role's own policy, and how well it fits the entitlements. */
export interface Ceiling {
  readonly policy: PolicyDocument
  /** White space not counted; Region and partition with the longest names that there are. */
  readonly characters: number
  /** Templates of which the role reaches more than they can give anybody, and why. Session policies are exact all the same. */
  readonly wider: readonly WiderTemplate[]
}

/**
 * What no session can go beyond: every grant that the entitlements can produce for anybody, in one Region of one account, and the
 * Denies that are the same for everybody. Exact where its own Denies fit; at least 3,000 characters stay free for revocations.
 *
 * @throws EntitlementError `ceiling_too_large`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @example ceilingOf(entitlements, { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }).policy
 */
export function ceilingOf(entitlements: Entitlements, location: IotLocation): Ceiling {
  const { rules } = entitlements
  const templates = rules.flatMap((rule) => rule.templates)
  const { denies, wider } = exactnessDenies(templates)
  const exact = (place: IotLocation) => documentOf(templates, place, denyTyped(denies, arnHead(place)))
  const wide = (place: IotLocation) => documentOf(templates, place, [])
  const [characters, least] = [charactersOf(exact(longestLocation)), charactersOf(wide(longestLocation))]
  const most = rolePolicyLimit - revocationRoom
  if (characters <= most) return { policy: exact(location), characters, wider }
  if (least > most) throw tooLarge(least, most)
  const reason = `its Denies do not fit: the role's policy would have ${characters} of ${most} characters`
  const open = templates.filter(({ text }) => /[+]|\$\{/u.test(text))
  return {
    policy: wide(location),
    characters: least,
    wider: [...new Set(open.map(({ text }) => text))].map((template) => ({ template, reason })),
  }
}

/** The policy of {@link ceilingOf}. */
export function ceilingPolicy(entitlements: Entitlements, location: IotLocation): PolicyDocument {
  return ceilingOf(entitlements, location).policy
}

/** Tokens stand for these at most. */
const longestLocation: IotLocation = { partition: 'aws-us-gov', region: 'ap-southeast-1', accountId: '0'.repeat(12) }

function charactersOf(document: PolicyDocument): number {
  return policyText(document).length
}

function tooLarge(characters: number, most: number): EntitlementError {
  return new EntitlementError(
    'ceiling_too_large',
    'entitlements',
    `the role's policy would have ${characters} characters.`,
    {
      value: characters,
      remedy: `IAM takes ${rolePolicyLimit} for a role, of which ${revocationRoom} are for revocations: ${most} are left. Entitle to wider filters such as "devices/#".`,
    },
  )
}

function documentOf(
  templates: readonly Template[],
  location: IotLocation,
  denies: readonly Statement[],
): PolicyDocument {
  const globs = (kind: GrantKind, type: 'topic' | 'topicfilter') =>
    templates.filter((template) => template.kind === kind).map((template) => globOf(template, type))
  const allow = (Sid: string, Action: string, type: ResourceType, given: readonly Glob[]): readonly Statement[] =>
    given.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource: arns(location, type, given) }]
  return {
    Version: '2012-10-17',
    Statement: [
      // Which user is whose is in the session policy; here only that a client ID begins with some user.
      ...allow('ConnectAsAUser', 'iot:Connect', 'client', [`${wildcard}:${wildcard}`]),
      ...allow('Publish', 'iot:Publish', 'topic', globs('publish', 'topic')),
      ...allow('Receive', 'iot:Receive', 'topic', globs('subscribe', 'topic')),
      ...allow('RetainPublish', 'iot:RetainPublish', 'topic', globs('retain', 'topic')),
      ...allow('Subscribe', 'iot:Subscribe', 'topicfilter', globs('subscribe', 'topicfilter')),
      ...sharedDenies(location),
      ...denies.map((deny, index) => ({ Sid: `NothingBeside${index + 1}`, ...deny })),
    ],
  }
}

/** The template with every variable and wildcard open. */
function globOf({ parts, text }: Template, type: 'topic' | 'topicfilter'): Glob {
  const open = parts.map((part) => (typeof part === 'string' ? part : wildcard)).join('')
  const { group, filter } = parseSubscription(open)
  const path = filter
    .split('/')
    .map((level) => (level === '+' || level === '#' ? wildcard : level))
    .join('/')
  const glob = type === 'topic' || !text.startsWith('$share/') ? path : `$share/${group}/${path}`
  return glob.replaceAll(/\0+/gu, wildcard)
}

function arns(location: IotLocation, type: ResourceType, globs: readonly Glob[]): string | readonly string[] {
  const distinct = [...new Set(globs)].sort()
  const widest = distinct.filter((glob) => !distinct.some((other) => other !== glob && includesGlob(other, glob)))
  return oneOrMany(widest.map((glob) => resourceArn(arnHead(location), type, glob)))
}
