import type { Bench } from './bench.js'
import type { BenchRun } from './report/bench-run.js'
import { thisMachine } from './report/machine.js'
import { tableText, targetsText } from './report/markdown.js'

/** Receives progress and results. */
export interface Output {
  /** A line of progress; not part of the results. */
  progress(line: string): void
  result(text: string): void
}

/**
 * Runs benchmarks one after the other and passes on the results of each immediately, so that a later failure loses nothing.
 *
 * @returns the benchmarks that failed
 */
export async function runBenches(
  benches: readonly Bench[],
  output: Output,
  keep: (record: BenchRun) => Promise<void>,
): Promise<string[]> {
  const failed: string[] = []
  for (const bench of benches) {
    output.progress(`${bench.name}: ${bench.summary}`)
    try {
      const record = await run(bench, output)
      output.result(findingsText(record))
      await keep(record)
    } catch (error) {
      output.progress(`${bench.name} failed: ${error instanceof Error ? error.stack : String(error)}`)
      failed.push(bench.name)
    }
  }
  return failed
}

async function run(bench: Bench, output: Output): Promise<BenchRun> {
  const machine = thisMachine()
  const began = performance.now()
  const findings = await bench.run((line) => output.progress(`  ${line}`))
  const seconds = Number(((performance.now() - began) / 1000).toFixed(1))
  return { name: bench.name, summary: bench.summary, seconds, machine, ...findings }
}

function findingsText({ name, tables, targets, notes = [] }: BenchRun): string {
  const parts = [name.toUpperCase(), ...tables.map((table) => `${table.title}\n${tableText(table)}`)]
  if (targets.length > 0) parts.push(targetsText(targets))
  return `${[...parts, ...notes].join('\n\n')}\n`
}
