import { EntitlementError } from '../errors.js'
import { rolePolicyLimit } from '../limits.js'
import { parseSubscription } from '../mqtt/topic-filter.js'
import { resourceOf } from '../policy/iam/arn.js'
import { type Glob, includesGlob, wildcard } from '../policy/iam/glob.js'
import { oneOrMany, type PolicyDocument, policyText, type Statement } from '../policy/iam/policy-document.js'
import type { Entitlements } from './entitlements.js'
import type { Template } from './template.js'

/** Where the role lives. CloudFormation tokens such as `${AWS::Region}` are taken as they are. */
export interface CeilingScope {
  readonly partition: string
  readonly region: string
  readonly accountId: string
}

/**
 * The role's own policy: every grant that the entitlements can produce for anybody, in one region of one account. It has no Deny:
 * session policies are exact, and none can reach beyond it.
 *
 * @throws EntitlementError `ceiling_too_large` beyond 10,240 characters
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 * @example ceilingPolicy(entitlements, { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' })
 */
export function ceilingPolicy({ rules }: Entitlements, scope: CeilingScope): PolicyDocument {
  const templates = (kind: Template['kind']) =>
    rules.flatMap((rule) => rule.templates.filter((template) => template.kind === kind))
  const topics = (kind: Template['kind']) => templates(kind).map((template) => globOf(template, 'topic'))
  const filters = templates('subscribe').map((template) => globOf(template, 'topicfilter'))
  const statement = (Sid: string, Action: string, type: 'client' | 'topic' | 'topicfilter', globs: readonly Glob[]) =>
    globs.length === 0 ? [] : [{ Sid, Effect: 'Allow', Action, Resource: arns(scope, type, globs) } satisfies Statement]
  const document: PolicyDocument = {
    Version: '2012-10-17',
    Statement: [
      // Which user is whose is in the session policy; here only that a client ID begins with some user.
      ...statement('ConnectAsAUser', 'iot:Connect', 'client', [`${wildcard}:${wildcard}`]),
      ...statement('Publish', 'iot:Publish', 'topic', topics('publish')),
      ...statement('Receive', 'iot:Receive', 'topic', topics('subscribe')),
      ...statement('RetainPublish', 'iot:RetainPublish', 'topic', topics('retain')),
      ...statement('Subscribe', 'iot:Subscribe', 'topicfilter', filters),
    ],
  }
  const characters = policyText(document).length
  if (characters <= rolePolicyLimit) return document
  throw new EntitlementError(
    'ceiling_too_large',
    'entitlements',
    `the role's policy would have ${characters} characters.`,
    {
      value: characters,
      remedy: `IAM takes ${rolePolicyLimit} for a role; entitle to wider filters such as "devices/#".`,
    },
  )
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

function arns(scope: CeilingScope, type: 'client' | 'topic' | 'topicfilter', globs: readonly Glob[]) {
  const distinct = [...new Set(globs)].sort()
  const widest = distinct.filter((glob) => !distinct.some((other) => other !== glob && includesGlob(other, glob)))
  const prefix = `arn:${scope.partition}:iot:${scope.region}:${scope.accountId}:`
  return oneOrMany(widest.map((glob) => prefix + resourceOf(type, glob)))
}
