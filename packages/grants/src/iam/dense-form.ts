import { sessionArn } from './arn.js'
import { denialsFor, needsOf } from './denials.js'
import { type Double, doublesOf } from './dense-needs.js'
import { allowStatement, type Block, connectBlock, type Scope, subscribeBlock, topicEntries } from './form.js'
import { packGroups } from './packing.js'
import { denyTyped } from './plain-form.js'
import type { Statement } from './policy-document.js'
import type { Right } from './rights.js'

/**
 * The short form, for grants that do not fit the readable one. A filter that is a topic and a topic filter stands once: an ARN that
 * ends in `*` and `/a/b` in place of `topic/a/b` and `topicfilter/a/b`. That also lets in every name that ends in `/a/b`, all
 * of them deeper than `a/b`; a Deny on deeper names takes them away again, where it cuts into no grant. Undefined when no filter
 * can be said this way.
 */
export function denseForm(rights: readonly Right[], scope: Scope): readonly Statement[] | undefined {
  const { partition } = scope
  const doubles = doublesOf(rights)
  if (doubles.length === 0) return undefined
  const skip = new Set(doubles.map(({ filter }) => filter))
  const plainNeeds = needsOf(rights, skip)
  if ('contradiction' in plainNeeds) return undefined
  const denials = denialsFor([...plainNeeds, ...doubles.flatMap(({ needs }) => needs)], rights)
  const plain = packGroups(topicEntries(rights, partition, skip))
  const subscribe = subscribeBlock(rights, partition, skip)
  const [first, ...others] = denseBlocks(doubles, plain, partition)
  const [lone, ...loners] = plain.filter((block) => !host(block, [first, ...others]))
  const anyType = denials.filter(({ type }) => type === 'any')
  const typed = denials.filter(({ type }) => type !== 'any')
  return [
    // iot:Connect keeps away from ARNs of any type: they would name client IDs.
    allowStatement(connectBlock(scope), ...(lone ? [lone] : [])),
    ...loners.map((block) => allowStatement(block)),
    allowStatement(first, subscribe),
    ...others.map((block) => allowStatement(block)),
    ...denyTyped(typed, partition),
    ...(anyType.length === 0
      ? []
      : [
          {
            Effect: 'Deny' as const,
            NotAction: 'iot:Connect',
            Resource: anyType.map(({ type, glob }) => sessionArn(partition, type, glob)),
          },
        ]),
  ]
}

/** A statement for each set of actions; plain topics with the same actions join it. */
function denseBlocks(doubles: readonly Double[], plain: readonly Block[], partition: string): [Block, ...Block[]] {
  const blocks = new Map<string, { readonly actions: readonly string[]; readonly resources: string[] }>()
  for (const { actions, allow } of doubles) {
    const key = actions.join()
    const block = blocks.get(key) ?? { actions, resources: [] }
    block.resources.push(sessionArn(partition, 'any', allow))
    blocks.set(key, block)
  }
  for (const block of plain) host(block, [...blocks.values()])?.resources.push(...block.resources)
  return [...blocks.values()] as unknown as [Block, ...Block[]]
}

/** The dense statement that allows what this one does, plus iot:Subscribe, which means nothing to a topic. */
function host<T extends Block>(block: Block, hosts: readonly T[]): T | undefined {
  const wanted = [...block.actions].sort().join()
  return hosts.find(
    ({ actions }) =>
      actions
        .filter((action) => action !== 'iot:Subscribe')
        .sort()
        .join() === wanted,
  )
}
