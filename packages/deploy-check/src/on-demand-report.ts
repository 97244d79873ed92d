/** The event that requests a report: the function returns the results instead of failing. */
export const reportRequest = { report: true } as const

/** The response to {@link reportRequest}: one line for each trial, ✓ or ✗. */
export interface CheckReport {
  readonly passed: boolean
  readonly lines: readonly string[]
}
