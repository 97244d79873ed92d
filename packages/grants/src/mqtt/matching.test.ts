import { describe, expect, it } from '@jest/globals'
import { coversFilter, matches } from './matching.js'
import { filterFault } from './topic-filter.js'

/** Every string of up to `depth` of these levels. */
function texts(levels: readonly string[], depth: number): readonly string[] {
  if (depth === 1) return levels
  const shorter = texts(levels, depth - 1)
  return [...new Set([...shorter, ...shorter.flatMap((text) => levels.map((level) => `${text}/${level}`))])]
}

/** The filter as a regular expression: an independent implementation of MQTT 5 section 4.7 with AWS's `a/#`. */
function expressionOf(filter: string): RegExp {
  const levels = filter.split('/').map((level, index) => {
    const first = index === 0 ? '(?!\\$)' : ''
    if (level === '+') return `${first}[^/]*`
    return level === '#' ? `${first}.*` : level.replaceAll('$', '\\$')
  })
  return new RegExp(`^${levels.join('/')}$`, 'su')
}

const topics = texts(['', 'a', 'b', '$s'], 4).filter((topic) => topic !== '')
const filters = texts(['', 'a', '$s', '+', '#'], 3).filter((filter) => filterFault(filter) === undefined)

describe('for every small topic and filter', () => {
  it('matches the same topics as the regular expression of the filter', () => {
    const wrong = filters.flatMap((filter) => {
      const expression = expressionOf(filter)
      return topics.filter((topic) => matches(filter, topic) !== expression.test(topic)).map((topic) => [filter, topic])
    })
    expect(wrong).toEqual([])
    expect(filters.length * topics.length).toBeGreaterThan(10_000)
  })

  it('covers a filter if and only if it matches all of its topics', () => {
    const wrong = filters.flatMap((outer) =>
      filters
        .filter((inner) => {
          const all = topics.filter((topic) => matches(inner, topic)).every((topic) => matches(outer, topic))
          return coversFilter(outer, inner) !== all
        })
        .map((inner) => [outer, inner]),
    )
    expect(wrong).toEqual([])
  })
})
