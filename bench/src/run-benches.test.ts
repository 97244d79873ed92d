import { expect, it } from '@jest/globals'
import type { Bench, Findings } from './bench.js'
import type { BenchRun } from './report/bench-run.js'
import { runBenches } from './run-benches.js'

const findings: Findings = {
  tables: [{ title: 'Sums', columns: ['what', 'ms'], rows: [['ours', 1]] }],
  pictures: [],
  targets: [],
  method: 'Added up.',
}
function bench(name: string, run: Bench['run']): Bench {
  return { name, summary: `About ${name}`, run }
}

it('keeps what each found, goes on after a failure, and names the failed', async () => {
  const lines: string[] = []
  const kept: BenchRun[] = []
  const failed = await runBenches(
    [
      bench('broken', () => Promise.reject(new Error('no broker'))),
      bench('fine', async (say) => {
        say('round 1')
        return findings
      }),
    ],
    { progress: (line) => lines.push(line), result: (text) => lines.push(text) },
    async (run) => {
      kept.push(run)
    },
  )
  expect(failed).toEqual(['broken'])
  expect(kept).toMatchObject([{ name: 'fine', summary: 'About fine', method: 'Added up.' }])
  expect(lines[1]).toContain('no broker')
  expect(lines).toContain('  round 1')
  expect(lines.at(-1)).toContain('| ours |  1 |')
})
