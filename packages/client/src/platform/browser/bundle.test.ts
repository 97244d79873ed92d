import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from '@jest/globals'

const script = fileURLToPath(new URL('../../../scripts/bundle-browser.js', import.meta.url))
/** Maximum size of each file in bytes, gzipped: the file that a page loads first, and those that it loads on demand (ADR 30). */
const limits = {
  'browser.js': 18_000,
  'browser-broker-refusals.js': 1_350,
  'browser-exchange.js': 800,
  'browser-iam-caller.js': 2_050,
  'browser-rare-errors.js': 1_400,
  'browser-requests.js': 2_150,
  'browser-vendor-error.js': 3_300,
}
const names = Object.keys(limits) as (keyof typeof limits)[]

const code: Record<string, string> = {}

beforeAll(async () => {
  // Bundles as an application's bundler does: an import of a Node module fails here.
  await promisify(execFile)(process.execPath, [script])
  for (const name of names) code[name] = await readFile(pathOf(name), 'utf8')
})

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url))
}

describe.each(names)('dist/%s', (name) => {
  it('is not larger than its limit', () => {
    const { length } = gzipSync(code[name] ?? '', { level: 9 })
    process.stdout.write(`dist/${name}: ${length} bytes gzipped\n`)
    expect(length).toBeLessThanOrEqual(limits[name])
  })

  it('uses no API of Node', () => {
    expect(code[name]).not.toMatch(/\bnode:|\bBuffer\b|\bprocess\.|\brequire\(|setImmediate/u)
  })

  it('uses nothing that a strict Content-Security-Policy forbids, and stores nothing', () => {
    expect(code[name]).not.toMatch(/\beval\(|new Function|blob:|localStorage|sessionStorage|indexedDB|\.cookie\b/u)
  })
})

it('browser.js loads rarely needed parts from the other files, which import the error classes from it', async () => {
  const loaded = [
    ...Object.values(code)
      .join('')
      .matchAll(/import\("\.\/([^"]*)"\)/gu),
  ].map(([, file]) => file)
  expect([...new Set(loaded)].sort()).toEqual(names.filter((name) => name !== 'browser.js').sort())
  for (const name of names.slice(1)) {
    expect(code[name]).not.toContain('"TopicCredentialsError"')
    // Loading fails if browser.js does not export what the file imports.
    const load = `await import(${JSON.stringify(pathOf(name))}); console.log('loaded')`
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', load])
    expect(stdout).toBe('loaded\n')
  }
  expect(code['browser.js']).not.toContain('replies/+')
})
