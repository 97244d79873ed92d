import { guard, sessionArn } from './arn.js'
import type { Denial } from './denials.js'
import { allowStatement, type Block, connectBlock, type Scope, subscribeBlock, topicEntries } from './form.js'
import { packGroups } from './packing.js'
import type { Statement } from './policy-document.js'
import type { Right } from './rights.js'

/** The readable form: every filter under its own ARN, in as few statements as the actions allow. */
export function plainForm(rights: readonly Right[], denials: readonly Denial[], scope: Scope): readonly Statement[] {
  const { partition } = scope
  const [first, ...others] = packGroups(topicEntries(rights, partition))
  const shared: Block[] = [connectBlock(scope), ...(first ? [first] : []), subscribeBlock(rights, partition)]
  return [allowStatement(...shared), ...others.map((block) => allowStatement(block)), ...denyTyped(denials, partition)]
}

/** The guard, with every Deny that harms no action beside it; then the others. */
export function denyTyped(denials: readonly Denial[], partition: string): readonly Statement[] {
  const reserved = guard(partition)
  const arnOf = ({ type, glob }: Denial) => sessionArn(partition, type, glob)
  const harmless = denials.filter(isHarmless)
  const limited = denials.filter((denial) => !isHarmless(denial))
  const entries = limited.map((denial) => ({ ...denial, resource: arnOf(denial) }))
  return [
    { ...reserved, Resource: [...reserved.Resource, ...harmless.map(arnOf)] },
    ...packGroups(entries).map(({ actions, resources }): Statement => {
      return { Effect: 'Deny', Action: actions, Resource: resources }
    }),
  ]
}

/** Four actions name topics or filters. */
function isHarmless({ harmless }: Denial): boolean {
  return harmless.size === 4
}
