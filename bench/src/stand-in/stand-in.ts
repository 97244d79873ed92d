import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Bench, Findings, Table, Target } from '../bench.js'
import { root } from '../checkout.js'
import { figure, range, type Summary } from '../measure/summary.js'

/** The report of load.js, the load generator in packages/local-aws. */
interface Report {
  readonly connections: number
  /** Minimum ratio of messages per second to each broker's, and the maximum memory of a connection. */
  readonly targets: {
    readonly messages: Readonly<Record<'aedes' | 'aedes-ws-stream', number>>
    readonly residentKiB: number
  }
  /** Its version, if it is installed. */
  readonly mosquitto?: string
  readonly results: Readonly<Record<string, Summary>>
}

const serverKinds = {
  'stand-in': 'the stand-in',
  aedes: 'aedes, bare, on a stream that joins its frames',
  'aedes-ws-stream': "aedes, bare, on ws's own stream",
  mosquitto: 'mosquitto',
}

/** The performance of the stand-in for AWS IoT under load. */
export const standIn: Bench = {
  name: 'stand-in',
  summary: 'Messages per second through the stand-in for AWS IoT, compared with brokers that check nothing',
  run: async (say) => findings(await load(say)),
}

async function load(say: (line: string) => void): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'load-'))
  const json = join(folder, 'report.json')
  try {
    const program = join(root, 'packages/local-aws/bench/load.js')
    const child = spawn(process.execPath, [program, '--json', json], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    for await (const line of createInterface(child.stdout)) if (!/^[┌│├└]/u.test(line)) say(line)
    const [code] = await exit
    if (code !== 0) throw new Error(`${program} ended with ${code}`)
    return JSON.parse(readFileSync(json, 'utf8')) as Report
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function findings(report: Report): Findings {
  const { mosquitto } = report
  const there = Object.entries(serverKinds).filter(([kind]) => `${kind}: messages per second` in report.results)
  return {
    tables: [loadTable(report, there), memoryTable(report, there), checksTable(report)],
    pictures: [
      {
        name: 'stand-in-messages',
        title: `Messages per second, ${figure(report.connections)} clients over TLS`,
        spec: {
          width: 480,
          data: {
            values: there.map(([kind, what]) => ({ what, ...measured(report, `${kind}: messages per second`) })),
          },
          encoding: { y: { field: 'what', type: 'nominal', title: null, sort: null } },
          layer: [
            {
              mark: 'bar',
              encoding: {
                x: {
                  field: 'median',
                  type: 'quantitative',
                  title: 'messages per second: median, and lowest to highest run',
                },
              },
            },
            {
              mark: { type: 'rule', strokeWidth: 2, color: 'black' },
              encoding: { x: { field: 'min', type: 'quantitative' }, x2: { field: 'max' } },
            },
          ],
        },
      },
    ],
    targets: [target(report, 'aedes-ws-stream'), target(report, 'aedes'), memoryTarget(report)],
    method: method(report),
    ...(mosquitto === undefined ? { notes: ['mosquitto is not installed; that comparison is skipped.'] } : {}),
  }
}

function measured({ results }: Report, name: string): Summary {
  const found = results[name]
  if (found === undefined) throw new Error(`The load generator did not measure '${name}'`)
  return found
}

function loadTable(report: Report, servers: [string, string][]): Table {
  const rows = servers.map(([kind, what]) => {
    const [messages, cpu] = [
      measured(report, `${kind}: messages per second`),
      measured(report, `${kind}: server's CPU per message, µs`),
    ]
    const ratio = kind === 'stand-in' ? 1 : measured(report, `stand-in / ${kind}: messages per second`).median
    return [
      what,
      figure(messages.median),
      range(messages),
      messages.runs,
      figure(ratio),
      figure(cpu.median),
      range(cpu),
    ]
  })
  return {
    title: `${figure(report.connections)} clients, each with QoS 1 and 256 bytes sent to itself, over TLS WebSockets`,
    columns: ['server', 'messages/s', 'min–max', 'runs', 'stand-in ÷ it', 'CPU per message, µs', 'min–max'],
    rows,
  }
}

function memoryTable(report: Report, servers: [string, string][]): Table {
  const rows = servers.map(([kind, what]) => {
    const resident = measured(report, `${kind}: memory per connection: resident, KiB`)
    const heap = report.results[`${kind}: memory per connection: JavaScript heap, KiB`]
    const connects = measured(report, `${kind}: connects per second`)
    const kept = [figure(resident.median), range(resident), heap === undefined ? '–' : figure(heap.median)]
    return [what, ...kept, figure(connects.median), range(connects), connects.runs]
  })
  return {
    title: 'Memory of a connection in KiB, and connects per second',
    columns: ['server', 'resident', 'min–max', 'JavaScript heap', 'connects/s', 'min–max', 'runs'],
    rows,
  }
}

function checksTable(report: Report): Table {
  const checks = ['publish allowed', 'publish allowed, again', 'receive allowed', 'publish refused']
  const rows = checks.map((what) => {
    const check = measured(report, `authorization check: ${what}, µs`)
    return [what, figure(check.median), range(check), check.runs]
  })
  return {
    title: 'The cost of enforcement: microseconds of one authorization check (a message needs a publish and a receive)',
    columns: ['check', 'median', 'min–max', 'runs'],
    rows,
  }
}

function target(report: Report, kind: 'aedes' | 'aedes-ws-stream'): Target {
  const least = report.targets.messages[kind]
  const { median } = measured(report, `stand-in / ${kind}: messages per second`)
  const [ours, theirs] = ['stand-in', kind].map(
    (one) => measured(report, `${one}: server's CPU per message, µs`).median,
  )
  return {
    what: `Stand-in: messages per second compared with ${serverKinds[kind]}`,
    target: `at least ${least}`,
    measured: figure(median),
    met: median >= least,
    why: `a message takes ${figure(ours ?? 0)} µs of CPU there and ${figure(theirs ?? 0)} µs in aedes`,
  }
}

function memoryTarget(report: Report): Target {
  const { residentKiB } = report.targets
  const { median } = measured(report, 'stand-in: memory per connection: resident, KiB')
  return {
    what: 'Stand-in: memory of a connection, KiB',
    target: `less than ${residentKiB}`,
    measured: figure(median),
    met: median < residentKiB,
  }
}

function method({ connections, mosquitto }: Report): string {
  const brokers = mosquitto === undefined ? 'aedes' : `aedes and mosquitto ${mosquitto}`
  return `\`packages/local-aws/bench\`: each server runs in a process of its own, and so do its ${figure(connections)} clients, which publish again when
their message is acknowledged and has come back. All servers are connected at once and take turns under load, in mirrored order;
ratios are between neighbours of one round. The stand-in verifies signatures and policies, and is asked at the end whether it refuses another
user's topic; ${brokers} authorize all clients for everything. Only the quota of CONNECTs per second is raised. CPU per message is the
fairest figure here: clients and server share the cores.`
}
