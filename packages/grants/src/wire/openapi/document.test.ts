import { readFileSync } from 'node:fs'
import { expect, it } from '@jest/globals'
import { problems } from '../problem.js'
import { openApiDocument } from './index.js'

function read(file: string): { readonly version: string } {
  return JSON.parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'))
}

it('openapi.json is up to date', () => {
  // To update it: npm run build && node packages/grants/scripts/write-openapi.js
  expect(read('openapi.json')).toEqual(JSON.parse(JSON.stringify(openApiDocument(read('package.json').version))))
})

it('contains every problem code under its status', () => {
  const text = JSON.stringify(openApiDocument('1.0.0'))
  for (const [code, { status }] of Object.entries(problems)) {
    expect(text).toContain(`urn:topic-credentials:problem:${code}`)
    expect(text).toContain(`"Status${status}"`)
  }
})
