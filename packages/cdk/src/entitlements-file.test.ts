import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readEntitlements } from './entitlements-file.js'
import { ConstructError } from './errors.js'

describe('readEntitlements', () => {
  const folder = mkdtempSync(join(tmpdir(), 'entitlements-'))
  const write = (content: string): string => {
    const file = join(folder, 'entitlements.json')
    writeFileSync(file, content)
    return file
  }
  afterAll(() => rmSync(folder, { recursive: true }))

  it('returns the document unchanged', () => {
    const document = { entitlements: [{ publish: ['users/${userId}/#'] }] }
    expect(readEntitlements(write(JSON.stringify(document)))).toEqual(document)
  })

  it.each([
    ['no JSON', '{"entitlements": [', /JSON/u],
    ['no entitlements', '{}', /entitlements/u],
    ['a typing error', '{"entitlements": [{"publsh": ["test"]}]}', /entitlements\[0\].*publsh/u],
    ['an unknown variable', '{"entitlements": [{"publish": ["${user}"]}]}', /entitlements\[0\]\.publish\[0\]/u],
    [
      'an invalid filter',
      '{"entitlements": [{"publish": ["a"]}, {"subscribe": ["a/#/b"]}]}',
      /entitlements\[1\]\.subscribe\[0\]/u,
    ],
  ])('has the file and the place in the error: %s', (_, content, place) => {
    const file = write(content)
    expect(() => readEntitlements(file)).toThrow(ConstructError)
    expect(() => readEntitlements(file)).toThrow(file)
    expect(() => readEntitlements(file)).toThrow(place)
  })

  it('has the name of a missing file in the error', () => {
    expect(() => readEntitlements(join(folder, 'none.json'))).toThrow(join(folder, 'none.json'))
  })
})
