import type { Picture } from '../../bench.js'
import { boundFor, type Found } from '../jobs/jobs.js'

const points = 150
/** The time range of the pictures, as a multiple of the bound. */
const shown = 1.6

/** The connected share of the fleet over time. */
export function connectedPicture(name: string, title: string, found: readonly Found[]): Picture {
  const values = found.flatMap(({ client, result: { clients, connected } }) => {
    let total = 0
    const shares = Array.from({ length: shownSeconds(clients) }, (_, second) => {
      total += connected[second] ?? 0
      return { second: second + 1, share: total / clients, client }
    })
    return shares.filter(({ second }) => second % step(clients) === 0)
  })
  return { name, title, spec: lines(values, 'share', { title: 'share connected', format: '.0%' }, 'linear', found, []) }
}

/** CONNECTs per second and the quota over time. */
export function requestsPicture(name: string, title: string, found: readonly Found[]): Picture {
  const values = found.flatMap(({ client, result: { clients, connect } }) =>
    Array.from({ length: shownSeconds(clients) }, (_, second) => ({
      second: second + 0.5,
      // A logarithmic axis has no zero.
      requests: Math.max(1, connect.bySecond[second] ?? 0),
      client,
    })).filter(({ second }) => second < step(clients) || Math.floor(second) % step(clients) === 0),
  )
  const quota = found[0]?.result.connect.perSecond ?? 0
  const rule = {
    data: { values: [{ quota }] },
    mark: { type: 'rule', strokeDash: [4, 4] },
    encoding: { y: { field: 'quota', type: 'quantitative' } },
  }
  return { name, title, spec: lines(values, 'requests', { title: 'CONNECTs per second' }, 'log', found, [rule]) }
}

function shownSeconds(clients: number) {
  return Math.ceil(shown * boundFor(clients))
}
function step(clients: number) {
  return Math.max(1, Math.round(shownSeconds(clients) / points))
}

function lines(
  values: readonly object[],
  field: string,
  axis: { readonly title: string; readonly format?: string },
  scale: 'linear' | 'log',
  found: readonly Found[],
  more: readonly object[],
): object {
  const { title, ...format } = axis
  const bound = boundFor(found[0]?.result.clients ?? 0)
  return {
    width: 560,
    height: 280,
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.5 },
        encoding: {
          x: { field: 'second', type: 'quantitative', title: 'seconds since all connections broke' },
          y: { field, type: 'quantitative', title, scale: { type: scale }, axis: format },
          color: {
            field: 'client',
            type: 'nominal',
            title: null,
            sort: null,
            legend: { orient: 'bottom', columns: 2 },
          },
        },
      },
      {
        data: { values: [{ bound }] },
        mark: { type: 'rule', strokeDash: [4, 4] },
        encoding: { x: { field: 'bound', type: 'quantitative' } },
      },
      ...more,
    ],
  }
}
