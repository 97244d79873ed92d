/** Statistics of several runs of one measurement. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
  readonly runs: number
}

export function summary(runs: readonly number[]): Summary {
  return { median: quantile(runs, 0.5), min: Math.min(...runs), max: Math.max(...runs), runs: runs.length }
}

/** Interpolates linearly between the two nearest runs. @param q from 0 (minimum) to 1 (maximum) */
export function quantile(runs: readonly number[], q: number): number {
  if (runs.length === 0) throw new RangeError('There are no runs to summarize')
  const sorted = runs.toSorted((one, other) => one - other)
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] as number
  const above = sorted[Math.ceil(position)] as number
  return below + (above - below) * (position - Math.floor(position))
}

/** The ratio of each run to the other's run of the same round, in which the load on the machine was similar. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length) {
    throw new RangeError(`${ours.length} runs cannot be compared with ${theirs.length}`)
  }
  return ours.map((value, round) => value / (theirs[round] as number))
}

/** Three significant digits: `1,234`, `12.3`, `0.0123`. */
export function figure(value: number): string {
  const digits = Number(value.toPrecision(3))
  return Math.abs(digits) >= 1000 ? Math.round(value).toLocaleString('en-US') : String(digits)
}

/** `12.3–14.5` */
export function range({ min, max }: Summary): string {
  return `${figure(min)}–${figure(max)}`
}
