import { fileURLToPath } from 'node:url'
import type { Bench, Findings, Table, Target } from '../bench.js'
import { messageOf } from '../measure/child.js'
import { inTurns } from '../measure/rounds.js'
import { figure, quantile, range, summary } from '../measure/summary.js'
import { type CompileTimes, cases } from './compile-time.js'
import { capacity, forms } from './forms.js'

const roundCount = 3
const targetMs = 0.1

/** How many topics fit one session policy, and how long its compilation takes. */
export const density: Bench = {
  name: 'density',
  summary: 'How many topics fit one session policy, and what compiling one costs',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  const program = fileURLToPath(new URL('./compile-program.js', import.meta.url))
  const capacities = forms.map(({ write, topic }) => capacity(write, topic, 'characters'))
  const packed = forms.map(({ write, topic }) => capacity(write, topic, 'packed'))
  const compile = (name: string) => () => messageOf<CompileTimes>(program, { args: [name], env: process.env })
  const runs = await inTurns<string, CompileTimes>(Object.fromEntries(cases.map(({ name }) => [name, compile(name)])), {
    rounds: roundCount,
    warmUp: 0,
    onRound: (done) => say(`compiling: round ${done} of ${roundCount}`),
  })
  return {
    tables: [capacityTable(capacities, packed), compileTable(runs)],
    pictures: [
      {
        name: 'density-topics',
        title: 'Topics of 32 characters, published and subscribed, in one session policy',
        spec: {
          width: 420,
          data: {
            values: forms.map(({ what, exact }, index) => ({
              what,
              topics: capacities[index],
              allows: exact === 'yes' ? 'exactly the topics' : 'more than the topics',
            })),
          },
          mark: 'bar',
          encoding: {
            y: { field: 'what', type: 'nominal', title: null, sort: null },
            x: { field: 'topics', type: 'quantitative', title: 'topics' },
            color: { field: 'allows', type: 'nominal', title: 'It allows', legend: { orient: 'bottom' } },
          },
        },
      },
    ],
    targets: cases.filter(({ grants }) => grants === 20).map(({ name }) => compileTarget(name, runs[name] ?? [])),
    method: methodText,
  }
}

function p50(runs: readonly CompileTimes[]) {
  return summary(runs.map(({ warm }) => quantile(warm, 0.5)))
}

function compileTarget(name: string, runs: readonly CompileTimes[]): Target {
  const { median } = p50(runs)
  return {
    what: `Compiling a policy for ${name.replace(',', ' grants,')}: p50`,
    target: `under ${targetMs} ms`,
    measured: `${figure(median)} ms`,
    met: median < targetMs,
    ...(name.endsWith('literals') ? {} : { why: 'a wildcard requires Denies, and each is compared with every grant' }),
  }
}

function capacityTable(capacities: readonly number[], packed: readonly number[]): Table {
  const rows = forms.map(({ what, exact }, index) => {
    const topics = capacities[index] as number
    return [what, topics, packed[index] as number, figure(topics / (capacities[0] as number)), exact]
  })
  return {
    title: 'Topics of 32 characters, published and subscribed, in one policy of 2,048 characters',
    columns: ['form', 'topics', 'certain to be packed', "÷ the article's", 'allows these topics and no others'],
    rows,
  }
}

function compileTable(runs: Readonly<Record<string, readonly CompileTimes[]>>): Table {
  const rows = Object.entries(runs).map(([name, times]) => {
    const [median, p99, first] = [
      p50(times),
      summary(times.map(({ warm }) => quantile(warm, 0.99))),
      summary(times.map((one) => one.first)),
    ]
    const { characters = 0, form = '' } = times[0] ?? {}
    return [
      name,
      figure(median.median),
      range(median),
      figure(p99.median),
      figure(first.median),
      times.length,
      characters,
      form,
    ]
  })
  return {
    title: 'Milliseconds to compile a policy with this number of grants, half of them to publish, half to subscribe',
    columns: ['grants', 'p50', 'min–max', 'p99', 'first of the process', 'runs', 'characters', 'form'],
    rows,
  }
}

const methodText = `Each form is given topics until STS's limit of 2,048 characters is passed. Compiling: a run is a fresh process that compiles 701
policies for one kind of grants, each for another user; the first one is what a cold function pays, the next 200 warm up, p50 and
p99 are of the last 500. Runs of the cases take turns. The dense form is tried only where the others do not fit. "Sure to be
packed" is by the high estimate of STS's packing (ADR 13); without it, one more topic may be refused.`
