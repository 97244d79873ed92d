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
  const bound = boundOf(found)
  return { name, title, spec: panels(values, 'share', { title: 'connected', format: '.0%' }, { bound }) }
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
  const bound = boundOf(found)
  return { name, title, spec: panels(values, 'requests', { title: 'CONNECTs/s' }, { bound, quota }) }
}

function shownSeconds(clients: number) {
  return Math.ceil(shown * boundFor(clients))
}
function boundOf(found: readonly Found[]): number {
  return boundFor(found[0]?.result.clients ?? 0)
}
function step(clients: number) {
  return Math.max(1, Math.round(shownSeconds(clients) / points))
}

/**
 * One panel for each client, all to the same scale: curves that nearly meet would hide each other in one picture.
 *
 * @param bound seconds in which the quota lets all of them in, dashed
 * @param quota dashed, where the picture is about requests
 */
function panels(
  values: readonly { readonly client: string }[],
  field: string,
  axis: { readonly title: string; readonly format?: string },
  { bound, quota }: { readonly bound: number; readonly quota?: number },
): object {
  const { title, ...format } = axis
  const order = [...new Set(values.map(({ client }) => client))]
  const dashed = { type: 'rule', strokeDash: [4, 4], color: '#888' }
  const label = { type: 'text', fontSize: 11, color: '#555' }
  const once = { values: [{}] }
  const bounds = [
    { data: once, mark: dashed, encoding: { x: { datum: bound } } },
    {
      data: once,
      mark: { ...label, align: 'left', dx: 4, dy: quota === undefined ? 36 : -36 },
      encoding: { x: { datum: bound }, text: { value: 'N/500' } },
    },
  ]
  const quotas =
    quota === undefined
      ? []
      : [
          { data: once, mark: dashed, encoding: { y: { datum: quota } } },
          {
            data: once,
            mark: { ...label, align: 'right', baseline: 'bottom', dy: -2 },
            encoding: { x: { value: 270 }, y: { datum: quota }, text: { value: `quota, ${quota}/s` } },
          },
        ]
  const line = {
    mark: { type: 'line', strokeWidth: 1.5 },
    encoding: {
      x: { field: 'second', type: 'quantitative', title: 'seconds since all connections broke' },
      y: {
        field,
        type: 'quantitative',
        title,
        scale: { type: quota === undefined ? 'linear' : 'log' },
        axis: { ...format, tickCount: 4, grid: false },
      },
    },
  }
  return {
    data: { values },
    facet: {
      field: 'client',
      type: 'nominal',
      title: null,
      sort: order,
      header: { labelFontSize: 12, labelAnchor: 'start' },
    },
    columns: 2,
    spec: { width: 270, height: 90, layer: [line, ...bounds, ...quotas] },
  }
}
