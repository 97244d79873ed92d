import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parseEntitlements } from './entitlements.js'

const root = new URL('../../../../', import.meta.url)
const guides = readdirSync(new URL('docs/guides/', root)).map((name) => `docs/guides/${name}`)
const pages = ['README.md', 'packages/grants/README.md', 'packages/client/README.md', ...guides]
const rules = /\{ "(?:when|request|publish|subscribe)": (?:[^{}]|\{[^{}]*\})*\}/gu

/** Every rule in the documentation, in a block or in a sentence. */
const shown = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, root), 'utf8')
  return [...text.matchAll(rules)].map(([rule]) => [page, rule.replaceAll(/\s+/gu, ' ')] as const)
})

describe('the rules that the documentation shows', () => {
  it('are found', () => expect(shown.length).toBeGreaterThan(10))

  it.each(shown)('%s: %s is valid', (_page, rule) => {
    expect(parseEntitlements({ entitlements: [JSON.parse(rule)] }).rules.length).toBe(1)
  })
})
