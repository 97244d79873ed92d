/** How one subscriber fared. */
export interface Fared {
  readonly what: string
  readonly lost: number
  readonly repeated: number
  /** Milliseconds, one for each renewal. */
  readonly gaps: readonly number[]
}

/** A tick for each gap, and beside it what was lost: the fastest renewal is no use where messages are missing afterwards. */
export function gapsPicture(all: readonly Fared[]): object {
  const order = all.map(({ what }) => what)
  const y = { field: 'what', type: 'nominal', title: null, sort: order }
  const losses = all.map(({ what, lost, repeated }) => ({ what, lost, text: `${lost} lost, ${repeated} repeated` }))
  return {
    hconcat: [
      {
        width: 360,
        height: 150,
        data: { values: all.flatMap(({ what, gaps }) => gaps.map((ms) => ({ what, ms }))) },
        mark: { type: 'tick', thickness: 1.5, opacity: 0.7 },
        encoding: { y, x: { field: 'ms', type: 'quantitative', title: 'milliseconds', scale: { type: 'log' } } },
      },
      {
        width: 130,
        height: 150,
        data: { values: losses },
        layer: [
          {
            mark: { type: 'bar', height: 14, color: '#e45756' },
            encoding: { y: { ...y, axis: null }, x: { field: 'lost', type: 'quantitative', title: 'messages lost' } },
          },
          {
            mark: { type: 'text', align: 'left', dx: 4, dy: -16, fontSize: 12 },
            encoding: { y: { ...y, axis: null }, x: { datum: 0 }, text: { field: 'text' } },
          },
        ],
      },
    ],
  }
}
