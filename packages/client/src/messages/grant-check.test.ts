import { describe, expect, it } from '@jest/globals'
import { parseGrants } from '@topic-credentials/grants'
import { allows, checkTopic } from './grant-check.js'

describe('checkTopic', () => {
  it.each(['a', '/', 'a//b', '#', '+', 'a/#', '+/a/+', '$share/group/a/#', 'ä b'])(
    'accepts the filter %j',
    (filter) => {
      expect(() => checkTopic('subscribe', filter)).not.toThrow()
    },
  )

  it.each(['', 'a/#/b', 'a#', '#/a', 'a+/b', '+a', '##', 'a\0b', '$share/g', 'a'.repeat(257)])(
    'refuses the filter %j',
    (filter) => {
      const error = { code: 'invalid_argument', value: filter }
      expect(() => checkTopic('subscribe', filter)).toThrow(expect.objectContaining(error))
    },
  )

  it.each(['a', '/', 'a b/c'])('accepts the topic %j, and refuses invalid variants of it', (topic) => {
    expect(() => checkTopic('publish', topic)).not.toThrow()
    for (const wrong of [`${topic}/+`, `${topic}/#`, '', `${topic}\0`, `${topic}${'/a'.repeat(8)}`]) {
      expect(() => checkTopic('publish', wrong)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })
})

describe('allows', () => {
  const grants = parseGrants({ publish: ['a/#', 'b'], subscribe: ['a/+', '$share/g/c'], retain: ['a/1'] })

  it.each([
    ['publish', 'a/1', true],
    ['publish', 'a', false],
    ['publish', 'a/+', false],
    ['publish', 'c', false],
    ['subscribe', 'a/1', true],
    ['subscribe', 'a/+', true],
    ['subscribe', 'a/#', false],
    ['subscribe', '$share/g/c', true],
    ['subscribe', 'c', false],
    ['subscribe', 'a/#/b', false],
  ] as const)('%s %s: %s', (operation, topic, expected) => {
    expect(allows(grants, operation, topic)).toBe(expected)
  })

  it('requires a retain grant and a publish grant for RETAIN', () => {
    expect(allows(grants, 'publish', 'a/1', true)).toBe(true)
    expect(allows(grants, 'publish', 'a/2', true)).toBe(false)
    expect(allows(parseGrants({ retain: ['a/1'] }), 'publish', 'a/1', true)).toBe(false)
  })
})
