/** Milliseconds since the epoch with fractions; comparable between processes on one machine. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
