import { describe, expect, it } from '@jest/globals'
import { covers, explain, parseGrants } from '@topic-credentials/grants'
import cases from './test-topics.cases.json' with { type: 'json' }
import { chooseTopics } from './test-topics.js'

const alice = { userId: 'alice' }

describe('chooseTopics', () => {
  it.each(cases)('$name', ({ grants: input, publish, subscribe, neighbours }) => {
    const grants = parseGrants(input)
    const topics = chooseTopics(grants, 'alice', 'n0nce')
    expect({ publish: topics.publish, subscribe: topics.subscribe }).toEqual({ publish, subscribe })
    expect(topics.neighbours).toEqual(neighbours)
    // According to the grants, the topics to allow are allowed and the topics to refuse are not.
    const asked = parseGrants(topics.ask)
    expect(covers(grants, asked)).toMatchObject({ covered: true })
    if (publish !== undefined) expect(explain(asked, alice, { action: 'publish', topic: publish }).allowed).toBe(true)
    if (subscribe !== undefined) {
      expect(explain(asked, alice, { action: 'subscribe', filter: subscribe }).allowed).toBe(true)
    }
    for (const topic of neighbours) {
      expect(explain(asked, alice, { action: 'publish', topic }).allowed).toBe(false)
      expect(explain(asked, alice, { action: 'subscribe', filter: topic }).allowed).toBe(false)
    }
    expect(covers(grants, parseGrants({ subscribe: [topics.beyond] }))).toMatchObject({ covered: false })
    expect(topics.foreignClientIds.some((clientId) => clientId.startsWith('alice:'))).toBe(false)
  })

  it('chooses no topics if nothing is granted', () => {
    expect(chooseTopics(parseGrants({}), 'alice', 'n0nce')).toMatchObject({ publish: undefined, subscribe: undefined })
  })
})
