import { describe, expect, it } from '@jest/globals'
import { parseGrants } from './grants.js'

describe('parseGrants', () => {
  it.each([
    [null, 'malformed_request'],
    [[], 'malformed_request'],
    ['a', 'malformed_request'],
    [{ publish: 'a' }, 'malformed_request'],
    [{ publish: [1] }, 'invalid_topic_filter'],
    [{ Publish: ['a'] }, 'unknown_key'],
    [{ publish: [''] }, 'invalid_topic_filter'],
    [{ publish: ['a#'] }, 'invalid_topic_filter'],
    [{ publish: ['a/#/b'] }, 'invalid_topic_filter'],
    [{ publish: ['a+/b'] }, 'invalid_topic_filter'],
    [{ publish: ['a\0'] }, 'invalid_topic_filter'],
    [{ publish: ['\ud800'] }, 'invalid_topic_filter'],
    [{ publish: ['1/2/3/4/5/6/7/8/9'] }, 'invalid_topic_filter'],
    [{ publish: ['é'.repeat(129)] }, 'invalid_topic_filter'],
    [{ publish: ['x:topic/a'] }, 'invalid_topic_filter'],
    [{ publish: ['$share/g/a'] }, 'invalid_topic_filter'],
    [{ subscribe: ['$share/g'] }, 'invalid_topic_filter'],
    [{ subscribe: ['$share/g/'] }, 'invalid_topic_filter'],
    [{ subscribe: ['$share/+/a'] }, 'invalid_topic_filter'],
    [{ subscribe: ['$share//a'] }, 'invalid_topic_filter'],
    [{ subscribe: ['$share/g/$share/h/a'] }, 'invalid_topic_filter'],
    [{ subscribe: [`$share/${'g'.repeat(129)}/a`] }, 'invalid_topic_filter'],
    [{ retain: ['$aws/x'] }, 'invalid_topic_filter'],
    [{ publish: new Array(201).fill('a') }, 'too_many_grants'],
  ])('refuses %j: %s', (input, code) => {
    expect(() => parseGrants(input)).toThrow(expect.objectContaining({ code, remedy: expect.any(String) }))
  })

  it.each(['a', 'é'.repeat(128), '1/2/3/4/5/6/7/8', '/', '+/+', '#', '$aws/#', '$share/g/#', 'a b', 'x:topic'])(
    'accepts %s',
    (filter) => {
      expect(parseGrants({ subscribe: [filter, filter] })).toEqual({ publish: [], subscribe: [filter], retain: [] })
    },
  )
})
