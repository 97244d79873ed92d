/** One benchmark. */
export interface Bench {
  /** The argument of `npm run bench -- NAME`, and the name of its files in docs/benchmarks. */
  readonly name: string
  /** One line for `--help`. */
  readonly summary: string
  /**
   * Runs the benchmark.
   *
   * @param say called with a line of progress
   */
  run(say: (line: string) => void): Promise<Findings>
}

/** The results of a benchmark, for printing, drawing and storing. */
export interface Findings {
  readonly tables: readonly Table[]
  readonly pictures: readonly Picture[]
  readonly targets: readonly Target[]
  /** The method of measurement, in Markdown: what ran, in which order, how often, compared with what. */
  readonly method: string
  /** Remarks about this run, such as a comparison whose program is not installed. */
  readonly notes?: readonly string[]
}

export interface Table {
  readonly title: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

export interface Picture {
  /** Name of its file in docs/benchmarks, without `.svg`. */
  readonly name: string
  readonly title: string
  /** A Vega-Lite specification including its data. */
  readonly spec: object
}

/** A target and the measured value. */
export interface Target {
  readonly what: string
  readonly target: string
  readonly measured: string
  /** Computed from the run, never edited manually. */
  readonly met: boolean
  /** If not met: the reason. */
  readonly why?: string
}
