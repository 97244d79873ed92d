import type { Bench, Findings, Target } from '../bench.js'
import {
  allRows,
  boundFor,
  coldRows,
  comparedClients,
  disconnectRows,
  type Found,
  type Row,
  staleRows,
  steadyHours,
  steadyRows,
} from './jobs/jobs.js'
import { runJobs } from './jobs/run-jobs.js'
import { connectedPicture, requestsPicture } from './results/pictures.js'
import { steadyTable, stormTable } from './results/tables.js'

/** The load of a fleet on AWS, and the time until all of it is connected. */
export const fleet: Bench = {
  name: 'fleet',
  summary: 'Up to a million clients against AWS’s quotas, on virtual time: cold start, disconnect of all, steady state',
  run,
}

async function run(say: (line: string) => void): Promise<Findings> {
  // The longest first: the last ones are short, so both threads end at about the same time.
  const order = [...allRows].sort((one, other) => other.job.scenario.clients - one.job.scenario.clients)
  const results = await runJobs(
    order.map(({ job }) => job),
    ({ scenario: { start, clients }, client }, seconds) =>
      say(`${start}, ${clients.toLocaleString('en')} × ${client}: ${seconds.toFixed(1)} s`),
  )
  const found = (rows: readonly Row[]): Found[] =>
    rows.map((row) => {
      const result = results[order.indexOf(row)]
      if (result === undefined) throw new Error(`${row.client} was not simulated`)
      return { ...row, result }
    })
  const [disconnect, cold, stale, steady] = [
    found(disconnectRows),
    found(coldRows),
    found(staleRows),
    found(steadyRows),
  ]
  const compared = disconnect.filter(({ result }) => result.clients === comparedClients)
  return {
    tables: [
      stormTable('All connections break at once; credentials are fresh, sessions are kept', disconnect),
      stormTable('Cold start: every client requests credentials, connects and subscribes to one filter', cold),
      stormTable('All connections break at once after a day, when every credential has expired', stale),
      steadyTable(`Steady state: ${steadyHours} hours, each connection breaks each half hour on average`, steady),
    ],
    pictures: [
      connectedPicture('fleet-connected', '100,000 clients come back (dashed: N/500)', compared),
      requestsPicture('fleet-requests', '100,000 clients come back: requests and the quota of 500/s', compared),
    ],
    targets: targets(disconnect.filter(({ client }) => client === 'ours, spread')),
    method: methodText,
    notes: [
      '`again after 1 s, each time` is not run for a million clients: all waiting clients would try in each of 2,000 seconds, 10⁹ attempts.',
    ],
  }
}

/** Measured with the largest fleet: a fleet of 1,000 is connected within two seconds, of which the interval between CONNECTs is one. */
function targets(ours: readonly Found[]): Target[] {
  const largest = ours.at(-1)
  if (largest === undefined) return []
  const { clients, sts, api, connect, secondsTo } = largest.result
  const over = connect.peakLater / connect.perSecond
  const times = (secondsTo.all ?? Number.POSITIVE_INFINITY) / boundFor(clients)
  const whole = clients.toLocaleString('en')
  return [
    {
      what: `STS calls after all of ${whole} lose their connection with fresh credentials`,
      target: '0',
      measured: String(sts.requests),
      met: sts.requests === 0 && api.requests === 0,
    },
    {
      what: 'Most CONNECTs in a second after the first, against the quota',
      target: 'at most 1.10',
      measured: over.toFixed(2),
      met: over <= 1.1,
    },
    {
      what: 'Time until all are connected, against N/500 s',
      target: 'at most 1.20',
      measured: times.toFixed(2),
      met: times <= 1.2,
    },
  ]
}

const methodText = `A discrete-event model with a virtual clock of milliseconds and one seed. Our clients run the real code: each has its own
credentials cache (\`fromSource\`, the basis of \`fromVendor\`) and its own \`Reconnection\`, driven by the virtual clock. The network, the
timers and the device SDK, whose first attempt after a loss comes within 100 ms, are replaced. "Spread" is \`spreadSeconds\` of
1.1 × N/500; "fleet unknown" has none. AWS is modelled as token buckets with its default quotas: API Gateway 10,000/s and 5,000 at once,
Lambda 1,000 at a time and 100 ms each (a throttled STS call is repeated twice by the function), STS 600/s, IoT CONNECT 500/s,
SUBSCRIBE 500 filters/s, the last three with one second's worth at once, which AWS does not document. A way through the network
takes 30 ms, opening a connection 100 to 200 ms. What is refused costs AWS nothing here, and TLS is not a limit. A SUBSCRIBE that
is refused is sent again within 2 s. In brackets: the peak divided by the quota.`
