import type { messageStages } from './stages.js'

type Stage = (typeof messageStages)[number]

/** One program, and the median milliseconds of each of its stages. */
export interface Staged {
  readonly what: string
  readonly stages: Readonly<Record<Stage, number>>
}

/** Stages that the picture shows as one part: nine adjacent colours cannot be distinguished. */
const parts: readonly (readonly [part: string, stages: readonly Stage[], color: string])[] = [
  ['start Node.js', ['process start'], '#b9b7b0'],
  ['load, sign, TCP', ['import', 'load the rest, sign, TCP'], '#4c78a8'],
  ['vend (ours: beside loading)', ['vend'], '#f58518'],
  ['TLS, WebSocket', ['TLS', 'WebSocket upgrade'], '#72b7b2'],
  ['MQTT to the first message', ['CONNECT, CONNACK', 'SUBACK', 'message'], '#54a24b'],
]
/** Milliseconds; a narrower part has no room for its figure. */
const labelled = 14

/** A bar for each program, with the figure in each part and the sum at its end; programs that vend are grouped separately. */
export function stagesPicture(all: readonly Staged[]): object {
  const groups = [
    ['credentials at hand', all.filter(({ stages }) => stages.vend === 0)],
    ['with the vend', all.filter(({ stages }) => stages.vend > 0)],
  ] as const
  return {
    vconcat: groups.map(([title, programs]) => ({
      title: { text: title, fontSize: 12, fontWeight: 'normal', frame: 'group' },
      ...bars(programs),
    })),
    resolve: { scale: { x: 'shared', color: 'shared' } },
  }
}

function bars(programs: readonly Staged[]): object {
  const values = programs.flatMap(({ what, stages }) =>
    parts.map(([part, own], order) => ({
      ...{ what, part, order },
      ms: own.reduce((sum, stage) => sum + stages[stage], 0),
    })),
  )
  const y = { field: 'what', type: 'nominal', title: null, sort: programs.map(({ what }) => what) }
  const x = { field: 'ms', type: 'quantitative', title: 'milliseconds: median of each stage, and their sum' }
  const color = {
    ...{ field: 'part', type: 'nominal', title: null, legend: { orient: 'bottom', columns: 3 } },
    scale: { domain: parts.map(([part]) => part), range: parts.map(([, , own]) => own) },
  }
  const figures = { type: 'text', fontSize: 11 }
  return {
    data: { values },
    width: 560,
    height: { step: 26 },
    layer: [
      { mark: { type: 'bar', height: 18 }, encoding: { y, x, color, order: { field: 'order' } } },
      {
        transform: [{ calculate: `datum.ms >= ${labelled} ? format(datum.ms, '.0f') : ''`, as: 'text' }],
        mark: { ...figures, color: 'black' },
        encoding: {
          y,
          x: { ...x, stack: 'zero', bandPosition: 0.5 },
          order: { field: 'order' },
          detail: { field: 'part' },
          text: { field: 'text' },
        },
      },
      {
        transform: [{ aggregate: [{ op: 'sum', field: 'ms', as: 'ms' }], groupby: ['what'] }],
        mark: { ...figures, align: 'left', dx: 5, fontWeight: 'bold' },
        encoding: { y, x, text: { field: 'ms', format: '.0f' } },
      },
    ],
  }
}
