import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { exitByCode } from './exit-code.js'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('the README', () => {
  it('lists every error code, and no other, with exit code, meaning and remedy', () => {
    const rows = readme.matchAll(/^\| `(?<code>\w+)` \| (?<exit>\d+) \| (?<meaning>[^|]+) \| (?<remedy>[^|]+) \|$/gmu)
    const table = [...rows].map(({ groups }) => [groups?.code, Number(groups?.exit)])
    expect(table).toEqual(Object.entries(exitByCode))
  })
})
