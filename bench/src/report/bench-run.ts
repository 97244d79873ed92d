import type { Findings } from '../bench.js'
import type { Machine } from './machine.js'

/** One run of one bench, as docs/benchmarks/NAME.json keeps it. */
export interface BenchRun extends Findings {
  readonly name: string
  readonly summary: string
  readonly seconds: number
  readonly machine: Machine
}
