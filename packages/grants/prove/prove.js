// `pnpm prove`: proves the policies of many random grant sets in every form, and checks that each change to a policy is detected.
// Exits with 1 at the first policy that is not proved. SEED= repeats a run; --json prints one object.
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { parseGrants } from '../dist/index.js'
import { prove } from '../dist/proof/index.js'
import { anyGrants, sharedArnGrants } from '../dist/testing/arbitraries.js'
import { documentsOf } from '../dist/testing/forms.js'
import { mutantsOf } from '../dist/testing/mutants.js'
import { usualRole as role } from '../dist/testing/role.js'

const help = `Usage: pnpm prove [--runs N] [--mutants N] [--json]

Proves the session policies of N random grant sets (10,000) in every form that they have, and checks that every change to
a policy of the first N sets (200) is detected. SEED=… repeats a run.`

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    runs: { type: 'string', default: '10000' },
    mutants: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  process.stdout.write(`${help}\n`)
  process.exit()
}
const [runs, mutated] = [values.runs, values.mutants].map(Number)
if (![runs, mutated].every((count) => Number.isSafeInteger(count) && count >= 0)) {
  process.stderr.write(`--runs and --mutants expect a number of grant sets.\n\n${help}\n`)
  process.exit(2)
}
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const users = ['alice', 'u1', 'a/#', '*', '$', 'é', 'x:topic/', 'x'.repeat(70)]
const kinds = {}
let reportedAt = Date.now()

function tallyOf(kind) {
  kinds[kind] ??= { policies: 0, states: [], milliseconds: [], mutants: 0, noticed: 0 }
  return kinds[kind]
}

function reportProgress(done) {
  if (Date.now() - reportedAt < 2000) return
  reportedAt = Date.now()
  process.stderr.write(`${done} of ${runs} grant sets\n`)
}

function proved(kind, session, grants, user, withMutants) {
  const tally = tallyOf(kind)
  const began = process.cpuUsage()
  const proof = prove({ role, session }, grants, user)
  const { user: own, system } = process.cpuUsage(began)
  // Processor time, so that other load on the machine does not count.
  tally.milliseconds.push((own + system) / 1000)
  tally.states.push(proof.states)
  tally.policies++
  if (proof.equal !== true) fail(`${kind}, not proved: ${JSON.stringify({ proof, user, grants, session })}`)
  for (const { policy, what } of withMutants ? mutantsOf(session) : []) {
    tally.mutants++
    const isNoticed = prove({ role, session: policy }, grants, user).equal === false
    if (isNoticed) tally.noticed++
    if (!isNoticed) process.stderr.write(`not detected: ${what} of ${session}\n`)
  }
}

function fail(message) {
  process.stderr.write(`SEED=${seed}: ${message}\n`)
  process.exit(1)
}

let index = 0
for (let chunk = 0; index < runs; chunk++) {
  const size = Math.min(250, runs - index)
  for (const grants of fc.sample(fc.oneof(anyGrants, sharedArnGrants), { numRuns: size, seed: seed + chunk })) {
    const user = users[index % users.length]
    for (const [form, session] of Object.entries(documentsOf(grants, user))) {
      proved(`random, ${form} form`, session, grants, user, index < mutated)
    }
    reportProgress(++index)
  }
}

/** Twenty grants of one user: the size for which docs/proof.md states the time. */
const twenty = [
  (i) => `plant/line-${i}/state`,
  (i) => `line-${i}/+/state`,
  (i) => `plant/line-${i}/#`,
  (i) => [`p/${i}/s`, `q/${i}/+`, `r/${i}/#`][i % 3],
]
for (const filterOf of twenty) {
  const filters = Array.from({ length: 10 }, (_, i) => filterOf(i))
  const grants = parseGrants({ publish: filters, subscribe: filters })
  for (let round = 0; round < 10; round++) {
    for (const [form, session] of Object.entries(documentsOf(grants, `user${round}`))) {
      proved(`20 grants, ${form} form`, session, grants, `user${round}`, false)
    }
  }
}

function quantile(list, q) {
  return [...list].sort((a, b) => a - b)[Math.floor(q * (list.length - 1))]
}
const rows = Object.entries(kinds).map(([kind, { policies, states, milliseconds, mutants, noticed }]) => ({
  kind,
  policies,
  states: quantile(states, 0.5),
  mostStates: quantile(states, 1),
  milliseconds: quantile(milliseconds, 0.5),
  mostMilliseconds: quantile(milliseconds, 1),
  mutants,
  noticed,
}))
if (values.json) {
  process.stdout.write(`${JSON.stringify({ seed, runs, rows })}\n`)
} else {
  for (const row of rows) {
    process.stdout.write(
      `${row.kind}: ${row.policies} proved; states ${row.states}, at most ${row.mostStates}; ` +
        `ms ${row.milliseconds.toFixed(1)}, at most ${row.mostMilliseconds.toFixed(0)}; ${row.noticed} of ${row.mutants} changes detected\n`,
    )
  }
  process.stdout.write(`SEED=${seed}\n`)
}
process.exitCode = rows.some(({ mutants, noticed }) => noticed < mutants) ? 1 : 0
