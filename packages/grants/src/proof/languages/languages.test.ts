import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { coversFilter, matches } from '../../mqtt/matching.js'
import { filterFault } from '../../mqtt/topic-filter.js'
import { isTakenByAws } from '../../testing/judge.js'
import { acceptedNames } from '../names/aws-names.js'
import { reservedNames } from '../names/reserved.js'
import type { Automaton } from './automaton.js'
import { Languages } from './languages.js'
import { coveredFilters, matchedTopics } from './mqtt-language.js'
import { PatternSet, type Place } from './pattern-set.js'
import { codePoints, type Token, wildcard } from './token.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)

/** Strings in which the special characters are frequent. */
const text = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('/', '+', '#', 'a', 'b', '$', '') },
      { weight: 1, arbitrary: fc.constantFrom('$aws/rules/', '$share/', '$aws/', '$share', 'g', ':topic/', ':', 'é') },
      { weight: 1, arbitrary: fc.constantFrom('\0', '\ud800', '😀') },
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''))

function accepts({ start, step, accepts: isAccepted }: Automaton, name: string): boolean {
  let state: number | undefined = start
  for (const character of codePoints(name)) {
    if (state !== undefined) state = step(state, character)
  }
  return state !== undefined && isAccepted(state)
}

function isIn(patterns: readonly (readonly Token[])[], name: string): boolean {
  const set = new PatternSet(patterns.map((tokens) => ({ tokens, language: 0 })))
  let place = set.start()
  for (const character of codePoints(name)) place = set.advance(place, character)
  return set.accepted(place) !== 0
}

describe(`the prover's languages (SEED=${seed})`, () => {
  it('contain the names that AWS IoT accepts', () => {
    const [topics, filters, clients] = (['topic', 'topicfilter', 'client'] as const).map((type) =>
      acceptedNames(type, 'accepted'),
    ) as [Automaton, Automaton, Automaton]
    const isText = (name: string) => !/[\0\p{Surrogate}]/u.test(name)
    const property = fc.property(text, (name) => {
      expect({ name, taken: accepts(topics, name) }).toEqual({
        name,
        taken: isText(name) && isTakenByAws({ action: 'publish', topic: name }),
      })
      expect({ name, taken: accepts(filters, name) }).toEqual({
        name,
        taken: isText(name) && isTakenByAws({ action: 'subscribe', filter: name }),
      })
      expect(accepts(clients, name)).toBe(isText(name) && name !== '')
    })
    fc.assert(property, { seed, numRuns: 5000 })
  })

  it('contain the names that MQTT filters match and cover', () => {
    const filter = text.filter((name) => filterFault(name) === undefined)
    const tally = { matched: 0, covered: 0 }
    const property = fc.property(filter, text, filter, (outer, topic, inner) => {
      if (!outer.startsWith('$share/') && !/[+#]/u.test(topic) && topic !== '') {
        const matched = matches(outer, topic)
        if (matched) tally.matched++
        expect({ outer, topic, in: isIn(matchedTopics(outer), topic) }).toEqual({ outer, topic, in: matched })
      }
      const covered = coversFilter(outer, inner)
      if (covered) tally.covered++
      expect({ outer, inner, in: isIn(coveredFilters(outer), inner) }).toEqual({ outer, inner, in: covered })
    })
    fc.assert(property, { seed, numRuns: 20_000 })
    expect(Math.min(tally.matched, tally.covered)).toBeGreaterThan(100)
  })

  it('omit only nodes that cannot change the result', () => {
    const piece = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('a', 'b', '/') },
      fc.constantFrom<'*' | '?'>('*', '?'),
    )
    const pattern = fc
      .array(piece, { maxLength: 6 })
      .map((pieces): readonly Token[] =>
        pieces.map((one) => (one === '*' || one === '?' ? wildcard(one) : (codePoints(one)[0] as number))),
      )
    const patterns = fc.array(pattern, { maxLength: 4 })
    const name = fc.array(fc.constantFrom('a', 'b', '/'), { maxLength: 8 })
    const tally = { allowed: 0, shorter: 0 }
    const property = fc.property(patterns, patterns, name, (session, denies, characters) => {
      const languages = new Languages()
      languages.add('roleAllows', [[wildcard('*')]])
      languages.add('sessionAllows', session)
      languages.add('denies', denies)
      const set = new PatternSet(languages.patterns)
      let whole = set.start()
      let reduced: Place | undefined = whole
      for (const character of characters.flatMap(codePoints)) {
        whole = set.advance(whole, character)
        const next: Place | undefined = reduced && set.advance(reduced, character)
        reduced = next && languages.reduce(set, next, { grantsMatter: true, isThorough: true })
        if (reduced && reduced.nodes.length < whole.nodes.length) tally.shorter++
      }
      const allowed = languages.isAllowed(set.accepted(whole))
      if (allowed) tally.allowed++
      expect(reduced !== undefined && languages.isAllowed(set.accepted(reduced))).toBe(allowed)
    })
    fc.assert(property, { seed, numRuns: 20_000 })
    expect(Math.min(tally.allowed, tally.shorter)).toBeGreaterThan(500)
  })

  it.each([
    ['topic', 'a:topic/b', true],
    ['topic', ':topi:topic/', true],
    ['topic', ':topicfilter/', true],
    ['topic', ':topicfilte/', false],
    ['topic', ':client', false],
    ['topic', 'a#', false],
    ['client', 'a#', true],
    ['client', 'a:+b', true],
    ['client', ':client/', true],
    ['client', 'alice:client', false],
  ] as const)('%s %s is reserved: %s', (type, name, expected) => {
    expect(accepts(reservedNames(type), name)).toBe(expected)
  })
})
