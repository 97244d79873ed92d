import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAccount } from '../account.js'
import type { Bench, Findings, Picture, Target } from '../bench.js'
import { inTurns } from '../measure/rounds.js'
import { figure, quantile, range, ratios, type Summary, summary } from '../measure/summary.js'
import { boto3, type Contestant, contestants } from './contestants.js'
import { type OwnCode, ownCodeTimes } from './own-code.js'
import type { Times } from './stopwatch.js'

const roundCount = 9
/** The last hundred of these count as warm. */
const warmCalls = 300
const countedWarmCalls = 100

/** The cost of a vend in a Lambda function. */
export const vend: Bench = { name: 'vend', summary: 'What one vend costs a function, cold and warm', run }

async function run(say: (line: string) => void): Promise<Findings> {
  const folder = mkdtempSync(join(tmpdir(), 'vend-'))
  try {
    await using account = await openAccount()
    const python = boto3()
    const all: Record<string, Contestant> = {
      ...contestants(folder),
      ...(python === undefined ? {} : { boto3: python }),
    }
    const environment = { PATH: process.env.PATH, HOME: process.env.HOME, ...account.environment }
    const runs = Object.entries(all).map(([name, { run }]) => [name, () => run(environment, warmCalls)] as const)
    const onRound = (done: number) => say(`round ${done} of ${roundCount}`)
    const times = await inTurns<string, Times>(Object.fromEntries(runs), { rounds: roundCount, onRound })
    return findings(all, times, await ownCodeTimes(account.aws))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function warmOf(times: Times) {
  return summary(times.warm.slice(-countedWarmCalls)).median
}

function findings(
  all: Readonly<Record<string, Contestant>>,
  times: Readonly<Record<string, Times[]>>,
  ownCode: OwnCode,
): Findings {
  const names = Object.keys(all)
  const of = (name: string, pick: (times: Times) => number) => (times[name] ?? []).map(pick)
  const rows = names.map((name) => {
    const [imported, vended, warm] = [(one: Times) => one.import, (one: Times) => one.vended, warmOf].map((pick) =>
      summary(of(name, pick)),
    ) as [Summary, Summary, Summary]
    const ratio = (to: string) =>
      all[to] === undefined
        ? '–'
        : figure(
            summary(
              ratios(
                of(name, (one) => one.vended),
                of(to, (one) => one.vended),
              ),
            ).median,
          )
    const { what, bytes } = all[name] as Contestant
    return [
      what,
      bytes === undefined ? '–' : figure(bytes / 1000),
      ...[imported, vended].flatMap((one) => [figure(one.median), range(one)]),
      ratio('boto3'),
      ratio('bundled'),
      figure(warm.median),
      range(warm),
    ]
  })
  return {
    tables: [
      {
        title: `Milliseconds, in a process that has just started (${roundCount} runs), and of a warm call without waiting for STS`,
        columns: [
          'function',
          'KB',
          'import',
          'min–max',
          'import + first vend',
          'min–max',
          '÷ boto3',
          '÷ SDK bundled',
          'warm',
          'min–max',
        ],
        rows,
      },
      {
        title: "Milliseconds of a warm call of the function's own code, with an STS that answers at once",
        columns: ['access table', 'median', 'p99', 'min–max'],
        rows: [
          ['none', ownCode.withoutTable] as const,
          ['an endpoint that answers at once', ownCode.tableAtOnce] as const,
          ["the stand-in's, with TLS, IAM and dynalite", ownCode.localTable] as const,
        ].map(([what, times]) => {
          const one = summary(times)
          return [what, figure(one.median), figure(quantile(times, 0.99)), range(one)]
        }),
      },
    ],
    pictures: [picture(all, times)],
    targets: targets(all, of, ownCode),
    method: methodText,
    ...(all.boto3 === undefined ? { notes: ['Python with boto3 is not installed; that comparison is skipped.'] } : {}),
  }
}

function targets(
  all: Readonly<Record<string, Contestant>>,
  of: (name: string, pick: (times: Times) => number) => number[],
  ownCode: OwnCode,
): Target[] {
  const median = (name: string, pick: (times: Times) => number) => summary(of(name, pick)).median
  const warm = median('ours', warmOf)
  const [own, atTable] = [ownCode.withoutTable, ownCode.tableAtOnce].map((times) => summary(times).median) as [
    number,
    number,
  ]
  const bytes = all.ours?.bytes ?? 0
  const found: Target[] = [
    {
      what: 'Vend: function bundle',
      target: 'under 215 KB',
      measured: `${figure(bytes / 1000)} KB`,
      met: bytes < 215_000,
    },
    {
      what: "Vend: the function's own code, warm",
      target: 'under 0.3 ms',
      measured: `${figure(own)} ms`,
      met: own < 0.3,
    },
    {
      what: 'Vend: the same with an access table that answers at once (signing, parsing, merging)',
      target: 'at most 5 ms',
      measured: `${figure(atTable)} ms`,
      met: atTable <= 5,
    },
    {
      what: "Vend: that and the AWS SDK's call, warm",
      target: 'under 0.3 ms',
      measured: `${figure(warm)} ms`,
      met: warm < 0.3,
      why: `the AWS SDK's own call takes ${figure(median('external', warmOf))} of it, and one signed by hand ${figure(median('floor', warmOf))}`,
    },
  ]
  if (all.boto3 === undefined) return found
  const ratio = summary(
    ratios(
      of('ours', (one) => one.vended),
      of('boto3', (one) => one.vended),
    ),
  ).median
  const floor = summary(
    ratios(
      of('floor', (one) => one.vended),
      of('boto3', (one) => one.vended),
    ),
  ).median
  const cold: Target = {
    what: "Vend: import + first vend, the whole function compared with boto3 and the article's calls",
    target: 'at most 0.35',
    measured: figure(ratio),
    met: ratio <= 0.35,
    why: `the lower bound on this machine is ${figure(floor)}`,
  }
  return [cold, ...found]
}

function picture(all: Readonly<Record<string, Contestant>>, times: Readonly<Record<string, Times[]>>): Picture {
  const values = Object.entries(all).flatMap(([name, { what }]) => {
    const runs = times[name] ?? []
    const parts = { import: runs.map((one) => one.import), 'first vend': runs.map((one) => one.vended - one.import) }
    return Object.entries(parts).map(([part, ms]) => ({ what, part, ms: summary(ms).median }))
  })
  return {
    name: 'vend-cold',
    title: 'From nothing loaded to credentials in hand',
    spec: {
      width: 520,
      data: { values },
      mark: 'bar',
      encoding: {
        y: { field: 'what', type: 'nominal', title: null, sort: { field: 'ms', op: 'sum' } },
        x: { field: 'ms', type: 'quantitative', title: 'milliseconds (median)' },
        color: { field: 'part', type: 'nominal', title: null, sort: ['import', 'first vend'] },
        order: { field: 'part', sort: 'descending' },
      },
    },
  }
}

const methodText = `Each run is a fresh process, timed from inside: loading the module, then its first call against the stand-in's STS, which
verifies the signature, over TLS on this machine. Contestants take turns, backwards in every other round; one round before
counts for nothing. Ratios are between runs of the same round. Ours is the bundle that the stack ships, called as API Gateway calls it: it
parses the request, looks up the entitlements, compiles the policy and writes its log line, which the others do not. Warm
calls are the last ${countedWarmCalls} of ${warmCalls} on one connection; the time from the end of the request to the beginning of STS's answer is taken off. The function's own code is timed
apart: the same modules, with an STS that answers at once. So is the access table: a user with eight devices and a role, once from an endpoint in
another thread that answers at once, and once from the stand-in, whose own time (TLS, signature, IAM, dynalite) is the difference.`
