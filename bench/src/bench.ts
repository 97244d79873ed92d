/** One thing that is measured. */
export interface Bench {
  /** What `pnpm bench NAME` takes, and the name of its files in docs/benchmarks. */
  readonly name: string
  /** One line for `--help`. */
  readonly summary: string
  /**
   * Measures.
   *
   * @param say takes a line about how far it is
   */
  run(say: (line: string) => void): Promise<Findings>
}

/** What a bench found, ready to be printed, drawn and kept. */
export interface Findings {
  readonly tables: readonly Table[]
  readonly pictures: readonly Picture[]
  readonly targets: readonly Target[]
  /** How it was measured, in Markdown: what ran, in which order, how often, against what. */
  readonly method: string
  /** What a reader has to know about this very run, such as a comparison whose program is not on this machine. */
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
  /** A Vega-Lite specification with its data in it. */
  readonly spec: object
}

/** What was wanted beside what came out. */
export interface Target {
  readonly what: string
  readonly target: string
  readonly measured: string
  /** Computed from the run, never written by hand. */
  readonly met: boolean
  /** Where it is not met: what stands in the way. */
  readonly why?: string
}
