import { describe, expect, it } from '@jest/globals'
import { parseGrants } from '../../grants.js'
import { sessionPolicy } from '../session-policy.js'

function resources(publish: readonly string[]): readonly string[] {
  const { document } = sessionPolicy(parseGrants({ publish }), { userId: 'alice' })
  return document.match(/[^:"]+(?=")/gu)?.filter((text) => text.startsWith('topic/')) ?? []
}

describe('resources of a session policy', () => {
  it.each([
    ['b/+ and b/+/# need one pattern', ['b/+', 'b/+/#'], ['topic/b/*']],
    ['a topic below is included', ['b/+', 'b/+/#', 'b/c/d'], ['topic/b/*']],
    ['a topic beside is not', ['b/+', 'b/+/#', 'bc'], ['topic/b/*', 'topic/bc']],
    ['a topic named like the pattern is no pattern', ['b/*', 'b/c'], ['topic/b/${*}', 'topic/b/c']],
  ])('%s', (_name, publish, expected) => {
    expect(resources(publish)).toEqual(expected)
  })
})
