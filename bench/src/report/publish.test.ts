import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { BenchRun } from './bench-run.js'
import { publish } from './publish.js'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bench-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const spec = { data: { values: [{ part: 'import <1>', ms: 3 }] }, mark: 'bar', encoding: { x: { field: 'ms' } } }
function run(name: string, measured: string): BenchRun {
  return {
    name,
    summary: `About ${name}`,
    seconds: 1,
    machine: { cpu: 'Abacus', cores: 2, memoryGiB: 8, node: 'v20.0.0', platform: 'linux x64', load: 0 },
    tables: [],
    pictures: [{ name: `${name}-parts`, title: 'Where the time goes', spec }],
    targets: [{ what: name, target: '1', measured, met: true }],
    method: 'Looked.',
  }
}
function read(file: string) {
  return readFileSync(join(root, file), 'utf8')
}

it('writes JSON, pictures, the page and the headline, and replaces only the bench that ran', async () => {
  const where = { root, names: ['first', 'second', 'never-run'] }
  writeFileSync(join(root, 'README.md'), '<!-- benchmarks -->\n<!-- /benchmarks -->\n')
  await publish(run('second', 'two'), where)
  await publish(run('first', 'one'), where)
  await publish(run('second', 'three'), where)
  const page = read('docs/benchmarks/README.md')
  expect(page.match(/^## .*/gmu)).toEqual(['## first', '## second'])
  expect(page).toContain('one')
  expect(page).not.toContain('two')
  expect(JSON.parse(read('docs/benchmarks/second.json'))).toEqual(run('second', 'three'))
  expect(read('docs/benchmarks/second-parts.svg')).toMatch(/^<svg [\s\S]*Where the time goes[\s\S]*<\/svg>\n$/u)
  expect(read('README.md').match(/\| (first|second) /gu)).toEqual(['| first ', '| second '])
})

it('draws the same picture from the same figures', async () => {
  const where = { root, names: ['first'] }
  await publish(run('first', 'one'), where)
  const before = read('docs/benchmarks/first-parts.svg')
  await publish(run('first', 'one'), where)
  expect(read('docs/benchmarks/first-parts.svg')).toBe(before)
})

it('writes nothing for a picture that cannot be drawn', async () => {
  const broken = { ...run('first', 'one'), pictures: [{ name: 'x', title: 'x', spec: { mark: 'no such mark' } }] }
  await expect(publish(broken, { root, names: ['first'] })).rejects.toThrow()
  expect(() => read('docs/benchmarks/first.json')).toThrow('ENOENT')
})
