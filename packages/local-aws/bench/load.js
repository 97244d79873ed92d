// Load test of the stand-in's data plane compared with plain aedes and, if installed, mosquitto, in the same run: 1,000 connected clients,
// each publishing to its own topic (QoS 1, 256 bytes) and waiting for its message. Needs `pnpm build`. Takes about one and a half minutes.
//
//   pnpm --filter local-aws bench [--connections 1000] [--rounds 3] [--seconds 2] [--json FILE]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createTlsMaterial } from '../dist/tls.js'
import { payloadBytes, targets } from './load-shape.js'
import { mosquittoVersion } from './mosquitto.js'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    connections: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    json: { type: 'string' },
  },
})
function number(name) {
  const value = Number(values[name])
  if (value > 0) return value
  throw new Error(`--${name} must be a positive number, not '${values[name]}'`)
}
const [connections, rounds, seconds] = [number('connections'), number('rounds'), number('seconds')]

/** A process that answers requests one at a time. */
function start(program, execArgv = []) {
  const child = fork(fileURLToPath(new URL(program, import.meta.url)), { execArgv })
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${code}`)
  })
  ended.catch(() => undefined)
  return {
    ask: async (ask, order = {}) => {
      child.send({ ask, ...order })
      const [answer] = await Promise.race([once(child, 'message'), ended])
      return answer
    },
    close: async () => {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

const samples = {}
function note(name, value) {
  samples[name] ??= []
  samples[name].push(value)
}

/** Starts one server and connects its clients; records the cost. */
async function connect(kind, tls) {
  const server = start('server.js', ['--expose-gc'])
  const { urls } = await server.ask('start', { kind, tls, connections })
  const clients = start('clients.js')
  const before = await server.ask('memory')
  const { perSecond } = await clients.ask('open', { urls, ca: tls.ca })
  const after = await server.ask('memory')
  note(`${kind}: connects per second`, perSecond)
  note(`${kind}: memory per connection: resident, KiB`, (after.rss - before.rss) / 1024 / connections)
  if (after.heapUsed > 0) {
    note(
      `${kind}: memory per connection: JavaScript heap, KiB`,
      (after.heapUsed - before.heapUsed) / 1024 / connections,
    )
  }
  return { kind, server, clients }
}

function spent(from, to) {
  return to.user - from.user + to.system - from.system
}

async function load({ kind, server, clients }, warm) {
  await clients.ask('start')
  await setTimeout(warm ? 200 : 700) // The compiler's time.
  const [from, cpuFrom] = [await clients.ask('count'), await server.ask('cpu')]
  await setTimeout(seconds * 1000)
  const [to, cpuTo] = [await clients.ask('count'), await server.ask('cpu')]
  const { connected } = await clients.ask('stop')
  if (connected !== connections) throw new Error(`${kind}: ${connected} of ${connections} clients are still connected`)
  const messages = to.messages - from.messages
  const microseconds = (to.at - from.at) * 1000
  const perSecond = (messages * 1e6) / microseconds
  note(`${kind}: messages per second`, perSecond)
  note(`${kind}: server's CPU per message, µs`, spent(cpuFrom, cpuTo) / messages)
  note(`${kind}: server's CPU in use, %`, (spent(cpuFrom, cpuTo) / microseconds) * 100)
  note(`${kind}: clients' CPU in use, %`, (spent(from.cpu, to.cpu) / microseconds) * 100)
  // Messages in flight do not count for the next server.
  await setTimeout(200)
  return { perSecond, cpu: spent(cpuFrom, cpuTo) / messages }
}

const mosquitto = mosquittoVersion()
const kinds = ['aedes', 'stand-in', 'aedes-ws-stream', ...(mosquitto === undefined ? [] : ['mosquitto'])]

async function round(tls) {
  const servers = []
  for (const kind of kinds) servers.push(await connect(kind, tls))
  // Alternating and mirrored, so that other load on the machine affects all alike.
  for (const [turn, order] of [servers, servers.toReversed()].entries()) {
    const came = {}
    for (const one of order) came[one.kind] = await load(one, turn > 0)
    const ours = came['stand-in']
    for (const kind of kinds.filter((one) => one !== 'stand-in')) {
      note(`stand-in / ${kind}: messages per second`, ours.perSecond / came[kind].perSecond)
      note(`stand-in / ${kind}: server's CPU per message`, ours.cpu / came[kind].cpu)
    }
  }
  for (const { kind, clients } of servers) {
    const { outcome } = await clients.ask('trespass')
    const expected = kind === 'stand-in' ? 'closed' : 'acknowledged'
    if (outcome !== expected) throw new Error(`${kind}: a message to another user's topic was ${outcome}`)
  }
  const standIn = servers[kinds.indexOf('stand-in')]
  for (let run = 0; run < 5; run++) {
    const { publish, again, receive, refused } = await standIn.server.ask('checks')
    note('authorization check: publish allowed, µs', publish)
    note('authorization check: publish allowed, again, µs', again)
    note('authorization check: receive allowed, µs', receive)
    note('authorization check: publish refused, µs', refused)
  }
  for (const { server, clients } of servers) {
    await clients.close()
    await server.close()
  }
}

/** All rounds together. */
const budgetSeconds = 110

function digits(value) {
  return Number(value.toPrecision(value >= 1000 ? 4 : 3))
}
function summary(runs) {
  const sorted = runs.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  const median = (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
  return { median: digits(median), min: digits(sorted[0]), max: digits(sorted.at(-1)), runs: runs.length }
}

const began = performance.now()
const machine = { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, loadBefore: loadavg() }
console.log(
  `${connections} connections, QoS 1, ${payloadBytes} bytes. ${machine.cores} cores, Node.js ${process.version},`,
)
console.log(`load before the run ${machine.loadBefore.map((value) => value.toFixed(1)).join(' ')}`)
console.log(mosquitto === undefined ? 'mosquitto is not installed; skipped.' : `mosquitto ${mosquitto}`)
console.log('Quotas raised: CONNECT per second in the account (500 otherwise). All others as on AWS.')
const tls = await createTlsMaterial()
function elapsed() {
  return (performance.now() - began) / 1000
}
for (let index = 0; index < rounds; index++) {
  if (index > 0 && (elapsed() * (index + 1)) / index > budgetSeconds) {
    console.log(
      `${index} of ${rounds} rounds: the machine is slow, and another one would end after ${budgetSeconds} s.`,
    )
    break
  }
  await round(tls)
}
const results = Object.fromEntries(
  Object.entries(samples)
    .sort()
    .map(([name, runs]) => [name, summary(runs)]),
)
console.table(
  Object.fromEntries(
    Object.entries(results).map(([name, { median, min, max, runs }]) => [
      name,
      { median, 'min–max': `${min}–${max}`, runs },
    ]),
  ),
)
console.log("Enforcement was on: a message to another user's topic ended the connection (aedes took it).")
for (const [kind, how] of [
  ['aedes-ws-stream', "on ws's own stream"],
  ['aedes', 'on a stream that joins its frames'],
]) {
  const { median } = results[`stand-in / ${kind}: messages per second`]
  const least = targets.messages[kind]
  const outcome = median >= least ? 'met' : 'not met'
  console.log(`Against aedes ${how} the stand-in passes ${median} of the messages; the target is ${least}: ${outcome}.`)
}
const memory = results['stand-in: memory per connection: resident, KiB'].median
const outcome = memory < targets.residentKiB ? 'met' : 'not met'
console.log(`A connection takes ${memory} KiB; the target is less than ${targets.residentKiB}: ${outcome}.`)
console.log(`${Math.round(elapsed())} s in all.`)
if (values.json) {
  const report = {
    at: new Date().toISOString(),
    targets,
    mosquitto,
    connections,
    rounds,
    seconds,
    machine,
    results,
    samples,
  }
  writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
}
