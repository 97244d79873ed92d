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
  /** Without white space; computed with the longest Region and partition names. */
  readonly characters: number
  /** Templates for which the role allows more than they can grant, with the reason. Session policies are exact nevertheless. */
  readonly wider: readonly WiderTemplate[]
}

/**
 * The permissions that no session can exceed: every grant that the entitlements can produce for any user, in one Region of one account,
 * and the Deny statements that apply to all users. The Denies that make it exact are included if they fit; at least 3,000 characters stay free for revocations.
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

/** Upper bounds for CloudFormation tokens. */
const longestLocation: IotLocation = { partition: 'aws-us-gov', region: 'ap-southeast-1', accountId: '0'.repeat(12) }

function charactersOf(document: PolicyDocument): number {
  return policyText(document).length
}

function tooLarge(characters: number, most: number): EntitlementError {
  return new EntitlementError(
    'ceiling_too_large',
    'entitlements',
    `the policy of the role would have ${characters} characters.`,
    {
      value: characters,
      remedy: `IAM allows ${rolePolicyLimit} characters for a role; ${revocationRoom} of them are reserved for revocations, which leaves ${most}. Use wider filters such as "devices/#".`,
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
      // The session policy binds the client ID to one user; the role only requires the form `<user>:<anything>`.
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

/** The template with a wildcard for every variable and every MQTT wildcard. */
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
