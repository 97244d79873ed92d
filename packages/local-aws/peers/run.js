// Runs foreign test suites against the stand-in, from the caller's checkouts; this repository contains none of them. Needs `pnpm build`, and Python 3 for paho.
//
//   pnpm --filter local-aws peers [--paho DIR] [--aws-crt DIR] [--aws-c-auth DIR] [--json FILE]
//
// DIR is a checkout of github.com/eclipse/paho.mqtt.testing, github.com/awslabs/aws-crt-nodejs, github.com/awslabs/aws-c-auth.
// Exits with 1 if a test fails without an entry in deviations.js, or passes with one.
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { runAwsCAuth } from './aws-c-auth.js'
import { deviations } from './deviations.js'
import { runDeviceSdk } from './device-sdk.js'
import { runPaho } from './paho.js'

/** By option: the function to run, and a file that identifies a checkout. */
const suites = {
  paho: { run: runPaho, sign: 'interoperability/client_test5.py' },
  'aws-crt': { run: runDeviceSdk, sign: 'lib/native/mqtt5.spec.ts' },
  'aws-c-auth': { run: runAwsCAuth, sign: 'tests/aws-signing-test-suite/v4/get-vanilla/context.json' },
}

const folder = { type: 'string' }
const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { paho: folder, 'aws-crt': folder, 'aws-c-auth': folder, json: { type: 'string' } },
})
const chosen = Object.entries(suites).filter(([name]) => values[name] !== undefined)
if (chosen.length === 0) {
  console.log('Nothing to run: set --paho, --aws-crt or --aws-c-auth to a checkout of that suite.')
  process.exit(2)
}

const results = []
for (const [name, { run, sign }] of chosen) {
  // pnpm changes the working directory; INIT_CWD has the caller's.
  const from = resolve(process.env.INIT_CWD ?? '.', values[name])
  if (!existsSync(join(from, sign))) {
    console.log(`--${name} ${from} is not a checkout of that suite: ${sign} is missing.`)
    process.exit(2)
  }
  results.push(...(await run(from, (line) => console.log(line))))
}

const verdicts = results.map((result) => {
  const known = deviations[result.suite]?.[result.test]
  if (result.passed) {
    return { ...result, verdict: known === undefined ? 'passes' : 'passes, although it is listed as failing' }
  }
  return { ...result, verdict: known === undefined ? 'stand-in' : known.by, ...(known && { why: known.why }) }
})
console.table(tally(verdicts))
for (const { suite, test, verdict, why, detail } of verdicts.filter(({ verdict: one }) => one !== 'passes'))
  console.log(`${suite}: ${test}: ${verdict}${why === undefined ? `: ${detail}` : `: ${why}`}`)
if (values.json) {
  writeFileSync(resolve(process.env.INIT_CWD ?? '.', values.json), `${JSON.stringify(verdicts, null, 2)}\n`)
}
const wrong = verdicts.filter(({ verdict }) => verdict === 'stand-in' || verdict.startsWith('passes,'))
process.exit(wrong.length === 0 ? 0 : 1)

function tally(all) {
  const rows = {}
  for (const { suite, verdict } of all) {
    rows[suite] ??= {
      run: 0,
      pass: 0,
      'AWS has it otherwise': 0,
      "the suite's assumption": 0,
      "the stand-in's fault": 0,
    }
    const row = rows[suite]
    row.run += 1
    if (verdict.startsWith('passes')) row.pass += 1
    if (verdict === 'aws') row['AWS has it otherwise'] += 1
    if (verdict === 'suite') row["the suite's assumption"] += 1
    if (verdict === 'stand-in') row["the stand-in's fault"] += 1
  }
  return rows
}
