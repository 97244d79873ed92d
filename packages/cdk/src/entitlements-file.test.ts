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

  it('gives the document as it is written', () => {
    const document = { entitlements: [{ publish: ['users/${userId}/#'] }] }
    expect(readEntitlements(write(JSON.stringify(document)))).toEqual(document)
  })

  it.each([
    ['no JSON', '{"entitlements": [', /JSON/u],
    ['no entitlements', '{}', /entitlements/u],
    ['a typing error', '{"entitlements": [{"publsh": ["test"]}]}', /entitlements\[0\].*publsh/u],
    [
      'a variable that is not there',
      '{"entitlements": [{"publish": ["${user}"]}]}',
      /entitlements\[0\]\.publish\[0\]/u,
    ],
    [
      'a filter that is none',
      '{"entitlements": [{"publish": ["a"]}, {"subscribe": ["a/#/b"]}]}',
      /entitlements\[1\]\.subscribe\[0\]/u,
    ],
  ])('names the file and the place: %s', (_, content, place) => {
    const file = write(content)
    expect(() => readEntitlements(file)).toThrow(ConstructError)
    expect(() => readEntitlements(file)).toThrow(file)
    expect(() => readEntitlements(file)).toThrow(place)
  })

  it('names a file that is not there', () => {
    expect(() => readEntitlements(join(folder, 'none.json'))).toThrow(join(folder, 'none.json'))
  })
})
