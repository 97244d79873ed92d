import { describe, expect, it } from '@jest/globals'
import { checkTopic } from './topic-check.js'

describe('checkTopic', () => {
  it.each(['a', '/', 'a//b', '#', '+', 'a/#', '+/a/+', '$share/group/a/#', 'ä b'])('takes the filter %j', (filter) => {
    expect(() => checkTopic('subscribe', filter)).not.toThrow()
  })

  it.each(['', 'a/#/b', 'a#', '#/a', 'a+/b', '+a', '##', 'a\0b'])('refuses the filter %j', (filter) => {
    const error = { code: 'invalid_argument', value: filter }
    expect(() => checkTopic('subscribe', filter)).toThrow(expect.objectContaining(error))
  })

  it.each(['a', '/', 'a b/c'])('takes the topic %j, and not with a wildcard in it', (topic) => {
    expect(() => checkTopic('publish', topic)).not.toThrow()
    for (const wrong of [`${topic}/+`, `${topic}/#`, '', `${topic}\0`]) {
      expect(() => checkTopic('publish', wrong)).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })
})
