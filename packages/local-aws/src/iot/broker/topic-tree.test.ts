import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { filterMatches } from '../testing/filter-matches.js'
import { TopicTree } from './topic-tree.js'

const level = fc.constantFrom('a', 'b', '', '$x', 'constructor')
const topic = fc.array(level, { minLength: 1, maxLength: 5 }).map((levels) => levels.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 4 }), fc.boolean())
  .map(([levels, rest]) => [...levels, ...(rest || levels.length === 0 ? ['#'] : [])].join('/'))
const subscription = fc.tuple(filter, fc.nat(3))

it('finds the same subscribers as matching each filter, in 20,000 random trees', () => {
  const property = fc.property(
    fc.array(subscription, { maxLength: 12 }),
    fc.array(fc.nat(11), { maxLength: 4 }),
    fc.array(topic, { minLength: 1, maxLength: 4 }),
    (subscriptions, removed, topics) => {
      const tree = new TopicTree<number, string>()
      const left = new Map<string, Set<number>>()
      for (const [one, key] of subscriptions) {
        tree.set(one, key, one)
        left.set(one, (left.get(one) ?? new Set()).add(key))
      }
      for (const index of removed) {
        const [one, key] = subscriptions[index] ?? ['never/there', 0]
        tree.delete(one, key)
        left.get(one)?.delete(key)
      }
      for (const name of topics) {
        const expected = [...left].flatMap(([one, keys]) =>
          filterMatches(one, name) ? [...keys].map((key) => `${key} ${one}`) : [],
        )
        expect(
          tree
            .match(name)
            .map(([key, one]) => `${key} ${one}`)
            .sort(),
        ).toEqual(expected.sort())
      }
    },
  )
  const result = fc.check(property, { numRuns: 20_000 })
  process.stdout.write(`topic tree: ${result.numRuns} random trees, seed ${result.seed}\n`)
  if (result.failed) throw new Error(fc.defaultReportMessage(result))
})

it('keeps the last options of a subscriber for one filter', () => {
  const tree = new TopicTree<string, number>()
  tree.set('a/+', 'alice', 0)
  tree.set('a/+', 'alice', 1)
  expect(tree.match('a/b')).toEqual([['alice', 1]])
})

it('keeps no node without subscribers', () => {
  const tree = new TopicTree<string, true>()
  const filters = ['a/b/c', 'a/b', 'a/+/#', '#', '', '/']
  for (const one of filters) tree.set(one, 'alice', true)
  tree.delete('a/b/x', 'alice')
  tree.delete('a/b', 'bob')
  expect(tree.match('a/b')).toHaveLength(2)
  for (const one of filters) tree.delete(one, 'alice')
  expect(tree.isEmpty).toBe(true)
})
