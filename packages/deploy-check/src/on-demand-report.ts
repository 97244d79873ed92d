/** What the function is called with when somebody wants to see the list: it answers in place of failing. */
export const reportRequest = { report: true } as const

/** The answer to {@link reportRequest}: a line for each trial, ✓ or ✗. */
export interface CheckReport {
  readonly passed: boolean
  readonly lines: readonly string[]
}
