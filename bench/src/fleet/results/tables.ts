import type { Table } from '../../bench.js'
import { boundFor, type Found, steadyHours } from '../jobs/jobs.js'
import type { QuotaUse } from './result.js'

/** Fleets that have to connect: the time it takes, and the load on AWS. */
export function stormTable(title: string, found: readonly Found[]): Table {
  return {
    title,
    columns: [
      'clients',
      'client',
      's to 50 %',
      '95 %',
      '100 %',
      '÷ N/500',
      'CONNECTs per client',
      'peak/s',
      'peak/s after 1 s',
      'rejected',
      'STS calls per client',
      'STS peak/s after 1 s',
      'rejected',
      'API calls per client',
      'rejected (API, Lambda)',
    ],
    rows: found.map(({ client, result }) => {
      const { clients, secondsTo, connect, sts, api, lambdaRejected } = result
      const { half, most, all } = secondsTo
      return [
        whole(clients),
        client,
        seconds(half),
        seconds(most),
        seconds(all),
        all === undefined ? 'never' : (all / boundFor(clients)).toFixed(2),
        perClient(connect, clients),
        whole(connect.peak),
        overQuota(connect),
        whole(connect.rejected),
        perClient(sts, clients),
        overQuota(sts),
        whole(sts.rejected),
        perClient(api, clients),
        `${whole(api.rejected)}, ${whole(lambdaRejected)}`,
      ]
    }),
  }
}

/** Connected fleets that lose a connection now and then. */
export function steadyTable(title: string, found: readonly Found[]): Table {
  const hourly = ({ requests }: QuotaUse, clients: number) => (requests / clients / steadyHours).toFixed(2)
  return {
    title,
    columns: [
      'client',
      'CONNECTs per client and hour',
      'vends per client and hour',
      'vends/s of a million',
      'rejected',
    ],
    rows: found.map(({ client, result: { clients, connect, sts, api } }) => [
      client,
      hourly(connect, clients),
      hourly(api, clients),
      whole(((api.requests / clients / steadyHours) * 1_000_000) / 3_600),
      whole(connect.rejected + sts.rejected + api.rejected),
    ]),
  }
}

function whole(count: number) {
  return Math.round(count).toLocaleString('en')
}
function seconds(time: number | undefined) {
  return time === undefined ? 'never' : time.toFixed(1)
}
function perClient({ requests }: QuotaUse, clients: number) {
  return (requests / clients).toFixed(2)
}
function overQuota({ peakLater, perSecond }: QuotaUse) {
  return `${whole(peakLater)} (${(peakLater / perSecond).toFixed(2)})`
}
