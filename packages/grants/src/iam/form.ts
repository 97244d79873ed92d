import { sessionArn } from './arn.js'
import { wildcard } from './glob.js'
import type { Entry } from './packing.js'
import type { Statement } from './policy-document.js'
import type { Action, Right } from './rights.js'

/** What both forms need to know besides the rights. */
export interface Scope {
  readonly partition: string
  readonly clientIdPrefix: string
}

/** A statement in the making. */
export interface Block {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** Each topic pattern under its own ARN, with the actions that are allowed on it; filters in `skip` are left out. */
export function topicEntries(
  rights: readonly Right[],
  partition: string,
  skip?: ReadonlySet<string>,
): readonly Entry[] {
  const entries = new Map<string, Set<Action>>()
  for (const { action, type, rules } of rights) {
    if (type !== 'topic') continue
    for (const { filter, allow } of rules) {
      if (!skip?.has(filter)) entries.set(allow, (entries.get(allow) ?? new Set()).add(action))
    }
  }
  return [...entries].map(([glob, actions]) => {
    return { resource: sessionArn(partition, 'topic', glob), needed: actions, harmless: actions }
  })
}

/** The topic filters under their own ARNs. */
export function subscribeBlock(rights: readonly Right[], partition: string, skip?: ReadonlySet<string>): Block {
  const rules = rights.flatMap((right) => (right.type === 'topicfilter' ? right.rules : []))
  const resources = rules.filter(({ filter }) => !skip?.has(filter))
  return {
    actions: resources.length === 0 ? [] : ['iot:Subscribe'],
    resources: resources.map(({ allow }) => sessionArn(partition, 'topicfilter', allow)),
  }
}

/** The user's own client IDs. */
export function connectBlock({ clientIdPrefix, partition }: Scope): Block {
  return { actions: ['iot:Connect'], resources: [sessionArn(partition, 'client', clientIdPrefix + wildcard)] }
}

/** Blocks in one statement. An action never meets another action's resource type, so nothing changes by sharing. */
export function allowStatement(...blocks: readonly Block[]): Statement {
  return {
    Effect: 'Allow',
    Action: [...new Set(blocks.flatMap(({ actions }) => actions))],
    Resource: blocks.flatMap(({ resources }) => resources),
  }
}
