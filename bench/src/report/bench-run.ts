import type { Findings } from '../bench.js'
import type { Machine } from './machine.js'

/** One run of one benchmark, as stored in docs/benchmarks/NAME.json. */
export interface BenchRun extends Findings {
  readonly name: string
  readonly summary: string
  readonly seconds: number
  readonly machine: Machine
}
