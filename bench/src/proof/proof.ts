import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Findings } from '../bench.js'
import { root } from '../checkout.js'

/** One row of the output of `packages/grants/prove/prove.js --json`: one kind of policies. */
interface Row {
  readonly kind: string
  readonly policies: number
  readonly states: number
  readonly mostStates: number
  readonly milliseconds: number
  readonly mostMilliseconds: number
  readonly mutants: number
  readonly noticed: number
}

const runs = 500
const mutated = 40
const targetMs = { p50: 100, most: 1000 } as const

/** The cost of proving a session policy, and whether every change to a policy is detected. */
export const proof: Bench = {
  name: 'proof',
  summary: 'What proving a session policy costs, and whether every change to it is detected',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  say(`proving the policies of ${runs} random grant sets`)
  const program = join(root, 'packages/grants/prove/prove.js')
  const args = [program, '--json', '--runs', String(runs), '--mutants', String(mutated)]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, SEED: '1' } })
  const { rows } = JSON.parse(stdout) as { readonly rows: readonly Row[] }
  const twenty = rows.filter(({ kind }) => kind.startsWith('20 grants'))
  const p50 = Math.max(...twenty.map(({ milliseconds }) => milliseconds))
  const most = Math.max(...rows.map(({ mostMilliseconds }) => mostMilliseconds))
  const [mutants, noticed] = [sum(rows, 'mutants'), sum(rows, 'noticed')]
  return {
    tables: [
      {
        title: 'Session policies proved, in the topic role, for every name that AWS IoT takes',
        columns: ['policies', 'proved', 'states p50', 'most', 'ms p50', 'most', 'changes', 'detected'],
        rows: rows.map((row) => [
          row.kind,
          row.policies,
          row.states,
          row.mostStates,
          Number(row.milliseconds.toPrecision(3)),
          Number(row.mostMilliseconds.toPrecision(3)),
          row.mutants,
          row.noticed,
        ]),
      },
    ],
    pictures: [],
    targets: [
      target('Proof: a policy of 20 grants, p50 of the slowest form', `at most ${targetMs.p50} ms`, p50, targetMs.p50),
      target('Proof: the slowest policy', `at most ${targetMs.most} ms`, most, targetMs.most),
      {
        what: 'Proof: changes to a policy that are detected',
        target: 'all',
        measured: `${noticed} of ${mutants}`,
        met: noticed === mutants,
      },
    ],
    method: `Policies of ${runs} random grant sets from the property tests (SEED=1), with levels that mean something to IAM, JSON and MQTT and are up to 255 bytes long; each form
that there is for a set, whatever its length; and 20 grants of one user, half to publish, half to subscribe, of four kinds. One pass in one process; milliseconds are the processor's. For the first
${mutated} sets every Resource, Action and statement is left out, every Effect turned round, every Resource made narrower and every Allow wider. A policy that is not proved ends the run.`,
  }
}

function sum(rows: readonly Row[], key: 'mutants' | 'noticed'): number {
  return rows.reduce((total, row) => total + row[key], 0)
}

function target(what: string, wanted: string, milliseconds: number, limit: number) {
  return { what, target: wanted, measured: `${milliseconds.toPrecision(3)} ms`, met: milliseconds <= limit }
}
