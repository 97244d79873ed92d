// Tests how programs end: `pnpm --filter client endings [--runs 500] [--node PATH] [--mqtt 3|5] [--at-once 4]`.
// Each run connects, subscribes, publishes, and closes everything. The second half runs on a busy machine, with one spinning process per
// core. Prints failed runs, the duration of close(), and how long the process stayed alive after it.
import { execFile, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '500' },
    node: { type: 'string', default: process.execPath },
    mqtt: { type: 'string', default: '5' },
    'at-once': { type: 'string', default: '4' },
  },
})
const runs = Number(values.runs)
const program = fileURLToPath(new URL('../dist/testing/programs/connect-and-close.js', import.meta.url))
const standIn = fork(new URL('stand-in.js', import.meta.url))
const [{ credentials, ...vendor }] = await once(standIn, 'message')
const target = JSON.stringify({ ...vendor, ...credentials, mqtt: Number(values.mqtt), publish: true })

const version = await new Promise((resolve) => execFile(values.node, ['--version'], (_, out) => resolve(out.trim())))
const quiet = await half(Math.ceil(runs / 2))
const spinners = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ['-e', 'for(;;);']))
const busy = await half(Math.floor(runs / 2))
for (const spinner of spinners) spinner.kill()
standIn.disconnect()
report('quiet', quiet)
report('busy', busy)
process.exitCode = quiet.bad.length + busy.bad.length === 0 ? 0 : 1

/** @returns the times in milliseconds, and the output of each failed run */
async function half(count) {
  const result = { count, bad: [], closing: [], lingering: [] }
  let begun = 0
  const worker = async () => {
    while (begun++ < count) await run(result)
  }
  await Promise.all(Array.from({ length: Number(values['at-once']) }, worker))
  return result
}

async function run({ bad, closing, lingering }) {
  const child = spawn(values.node, [program], { env: { ...process.env, TARGET: target } })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const overdue = setTimeout(() => child.kill('SIGKILL'), 60_000)
  const [code, signal] = await once(child, 'close')
  clearTimeout(overdue)
  const times = /^(\d+) (\d+)$/u.exec(out)
  if (code !== 0 || times === null) {
    bad.push(`exit ${code ?? signal}: ${err.split('\n').slice(0, 6).join(' | ')}`)
  } else {
    closing.push(Number(times[1]))
    lingering.push(Number(times[2]))
  }
}

function report(machine, { count, bad, closing, lingering }) {
  console.log(`Node ${version}, MQTT ${values.mqtt}, ${machine} machine: ${bad.length} of ${count} ended badly`)
  console.log(`  close() took ${spread(closing)} ms; the process lingered ${spread(lingering)} ms (p50, p99, most)`)
  for (const line of bad) console.log(`  ${line}`)
}

function spread(times) {
  const sorted = times.toSorted((a, b) => a - b)
  return [0.5, 0.99, 1].map((part) => sorted[Math.ceil(part * sorted.length) - 1] ?? '-').join(', ')
}
