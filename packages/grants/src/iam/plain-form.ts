import { guard, resourceOf, sessionArn } from './arn.js'
import type { Denial } from './denials.js'
import { STAR } from './glob.js'
import { type Entry, packStatements } from './packing.js'
import { oneOrMany, type Statement } from './policy-document.js'
import { type Action, type Right, topicActions } from './rights.js'

/**
 * The readable form: every filter under its own ARN. One Allow holds all that share their actions; iot:Publish never meets a
 * `topicfilter/` ARN and iot:Connect only `client/`, so sharing a statement changes nothing.
 */
export function plainForm(
  rights: readonly Right[],
  denials: readonly Denial[],
  { clientIdPrefix, partition }: { readonly clientIdPrefix: string; readonly partition: string },
): readonly Statement[] {
  const arn = (resource: string) => sessionArn(partition, resource)
  const topics = packStatements('Allow', topicEntries(rights, arn))
  const connect = { actions: ['iot:Connect'], resources: [arn(resourceOf('client', clientIdPrefix + STAR))] }
  const filters = rights.filter((right) => right.type === 'topicfilter').flatMap((right) => right.rules)
  const subscribe = {
    actions: filters.length === 0 ? [] : ['iot:Subscribe'],
    resources: filters.map((rule) => arn(resourceOf('topicfilter', rule.allow))),
  }
  const [first = { Effect: 'Allow', Action: [], Resource: [] }, ...others] = topics
  const shared: Statement = {
    Effect: 'Allow',
    Action: oneOrMany([...connect.actions, ...listOf(first.Action), ...subscribe.actions]),
    Resource: oneOrMany([...connect.resources, ...listOf(first.Resource), ...subscribe.resources]),
  }
  return [shared, ...others, ...denyStatements(denials, partition)]
}

/** Each topic pattern with the actions that are allowed on it. */
function topicEntries(rights: readonly Right[], arn: (resource: string) => string): readonly Entry[] {
  const entries = new Map<string, Set<Action>>()
  for (const { action, type, rules } of rights) {
    if (type !== 'topic') continue
    for (const { allow } of rules) entries.set(allow, (entries.get(allow) ?? new Set()).add(action))
  }
  return [...entries].map(([glob, actions]) => ({
    resource: arn(resourceOf('topic', glob)),
    needed: actions,
    harmless: actions,
  }))
}

/** The guard, with every Deny that harms no action beside it; then the others. */
function denyStatements(denials: readonly Denial[], partition: string): readonly Statement[] {
  const always = denials.filter(
    ({ type, harmless }) => type === 'topicfilter' || topicActions.every((a) => harmless.has(a)),
  )
  const resources = always.map(({ type, glob }) => sessionArn(partition, resourceOf(type, glob)))
  const base = guard(partition)
  const others = denials
    .filter((denial) => !always.includes(denial))
    .map(({ type, glob, needed, harmless }) => ({
      resource: sessionArn(partition, resourceOf(type, glob)),
      needed,
      harmless,
    }))
  return [{ ...base, Resource: [...listOf(base.Resource), ...resources] }, ...packStatements('Deny', others)]
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? [])
}
