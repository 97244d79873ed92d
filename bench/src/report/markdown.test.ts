import { describe, expect, it } from '@jest/globals'
import type { BenchRun } from './bench-run.js'
import { page, section, tableText, targetsText, withHeadline } from './markdown.js'

const run: BenchRun = {
  name: 'sums',
  summary: 'How fast sums are',
  seconds: 2.4,
  machine: { cpu: 'Abacus', cores: 2, memoryGiB: 8, node: 'v20.0.0', platform: 'linux x64', load: 0.1 },
  tables: [{ title: 'Milliseconds', columns: ['what', 'median'], rows: [['ours', 1]] }],
  pictures: [{ name: 'sums-parts', title: 'Where it goes', spec: {} }],
  targets: [{ what: 'ours', target: '≤ 2 ms', measured: '1 ms', met: true }],
  method: 'Added up.',
  notes: ['bc is not on this machine'],
}

describe('a table', () => {
  it('has figures to the right and words to the left', () => {
    const rows = [
      ['ours', 12.5, '3–4'],
      ['theirs', '1,000', '98 %'],
    ]
    expect(tableText({ columns: ['what', 'ms', 'range'], rows }).split('\n')[1]).toMatch(/^\| :-+ \| -+: \| -+: \|$/u)
    expect(tableText({ columns: ['what', 'how'], rows: [['a', 'by hand']] }).split('\n')[1]).toBe('| :--- | :------ |')
  })

  it('keeps a bar inside its cell', () => {
    expect(tableText({ columns: ['a'], rows: [['x|y']] })).toContain('x\\|y')
  })
})

describe('targets', () => {
  it('say what is met, and why not where it is not', () => {
    const missed = { what: 'b', target: '1', measured: '2', met: false, why: 'TLS' }
    const text = targetsText([...run.targets, missed, { ...missed, why: undefined } as never])
    expect(text.match(/\| (yes|no|no: TLS) +\|/gu)).toHaveLength(3)
  })
})

describe('the page', () => {
  it('has a section per run with its table, picture, method, notes and machine', () => {
    const text = section(run)
    for (const part of ['## sums', 'How fast sums are.', '| ours', '![Where it goes](sums-parts.svg)', 'Added up.']) {
      expect(text).toContain(part)
    }
    for (const part of ['- bc is not', '2 cores (Abacus)', '[sums.json](sums.json)']) expect(text).toContain(part)
  })

  it('keeps the order of the runs', () => {
    const text = page([run, { ...run, name: 'products' }])
    expect(text.indexOf('## sums')).toBeLessThan(text.indexOf('## products'))
    expect(text.startsWith('# Benchmarks')).toBe(true)
  })
})

describe('the headline in the README', () => {
  const readme = 'before\n<!-- benchmarks -->\nold $1\n<!-- /benchmarks -->\nafter\n'

  it('is replaced between its marks and nowhere else', () => {
    const written = withHeadline(readme, [{ ...run, targets: [{ ...run.targets[0], measured: '$& $1' } as never] }])
    expect(written).not.toContain('old')
    expect(written).toContain('$& $1')
    expect(written).toMatch(/^before\n<!-- benchmarks -->\n\| what[\s\S]*\|\n<!-- \/benchmarks -->\nafter\n$/u)
    expect(withHeadline(written, [run])).toBe(withHeadline(readme, [run]))
  })

  it('has the first target of each bench, and none that is not met is left out', () => {
    const met = { what: 'first', target: '1', measured: '1', met: true }
    const targets = [met, { ...met, what: 'second' }, { ...met, what: 'third', met: false }]
    const written = withHeadline(readme, [{ ...run, targets }])
    expect([...written.matchAll(/^\| (first|second|third)/gmu)].map(([, what]) => what)).toEqual(['first', 'third'])
  })

  it('leaves a README without marks alone', () => {
    expect(withHeadline('nothing here', [run])).toBe('nothing here')
  })
})
