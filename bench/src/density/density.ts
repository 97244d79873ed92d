import { fileURLToPath } from 'node:url'
import type { Bench, Findings, Table } from '../bench.js'
import { messageOf } from '../measure/child.js'
import { inTurns } from '../measure/rounds.js'
import { figure, quantile, range, summary } from '../measure/summary.js'
import { type CompileTimes, KINDS } from './compile-time.js'
import { capacity, FORMS } from './forms.js'

const ROUNDS = 3
const TARGET_MS = 0.1

/** How many topics fit one session, and what it costs to write them. */
export const density: Bench = {
  name: 'density',
  summary: 'How many topics fit one session policy, and what compiling one costs',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  const program = fileURLToPath(new URL('./compile-program.js', import.meta.url))
  const capacities = FORMS.map(({ write, topic }) => capacity(write, topic))
  const compile = (kind: string) => () => messageOf<CompileTimes>(program, { args: [kind], env: process.env })
  const runs = await inTurns<string, CompileTimes>(
    Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, compile(kind)])),
    { rounds: ROUNDS, warmUp: 0, onRound: (done) => say(`compiling: round ${done} of ${ROUNDS}`) },
  )
  const medians = Object.keys(KINDS).map((kind) => p50(runs[kind] ?? []).median)
  const slowest = Math.max(...medians)
  return {
    tables: [capacityTable(capacities), compileTable(runs)],
    pictures: [
      {
        name: 'density-topics',
        title: 'Topics of 32 characters, published and subscribed, in one session policy',
        spec: {
          width: 420,
          data: {
            values: FORMS.map(({ what, exact }, index) => ({
              what,
              topics: capacities[index],
              exact: exact === 'yes',
            })),
          },
          mark: 'bar',
          encoding: {
            y: { field: 'what', type: 'nominal', title: null, sort: null },
            x: { field: 'topics', type: 'quantitative', title: 'topics' },
            color: { field: 'exact', type: 'nominal', title: 'exact' },
          },
        },
      },
    ],
    targets: [
      {
        what: 'Compiling a policy for 20 filters: p50 of the slowest kind',
        target: 'under 0.1 ms',
        measured: `${figure(slowest)} ms`,
        met: slowest < TARGET_MS,
        why: `it is '${Object.keys(KINDS)[medians.indexOf(slowest)]}'; the fastest takes ${figure(Math.min(...medians))} ms`,
      },
    ],
    method: METHOD,
  }
}

const p50 = (runs: readonly CompileTimes[]) => summary(runs.map(({ warm }) => quantile(warm, 0.5)))

function capacityTable(capacities: readonly number[]): Table {
  const rows = FORMS.map(({ what, exact }, index) => {
    const topics = capacities[index] as number
    return [what, topics, figure(topics / (capacities[0] as number)), exact]
  })
  return {
    title: 'Topics of 32 characters, published and subscribed, in one policy of 2,048 characters',
    columns: ['form', 'topics', "÷ the article's", 'allows these topics and no others'],
    rows,
  }
}

function compileTable(runs: Readonly<Record<string, readonly CompileTimes[]>>): Table {
  const rows = Object.entries(runs).map(([kind, times]) => {
    const [median, p99, first] = [
      p50(times),
      summary(times.map(({ warm }) => quantile(warm, 0.99))),
      summary(times.map((one) => one.first)),
    ]
    const characters = times[0]?.characters ?? 0
    return [
      kind,
      figure(median.median),
      range(median),
      figure(p99.median),
      figure(first.median),
      times.length,
      characters,
    ]
  })
  return {
    title: 'Milliseconds to compile a policy for 20 filters, each published and subscribed',
    columns: ['filters', 'p50', 'min–max', 'p99', 'first of the process', 'runs', 'characters'],
    rows,
  }
}

const METHOD = `Each form is given topics until STS's limit of 2,048 characters is passed. Compiling: a run is a fresh process that compiles 701
policies for one kind of filters, each for another user; the first one is what a cold function pays, the next 200 warm up, p50 and
p99 are of the last 500. Runs of the four kinds take turns.`
