/** Shows a count on stderr: on a terminal in one line that is overwritten, otherwise with one line after each `step` items. */
export function progress(step: number, lineFor: (count: number) => string): (count: number) => void {
  let shown = 0
  return (count) => {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r${lineFor(count)}\u001b[K\r`)
    } else if (count - shown >= step) {
      shown = count
      process.stderr.write(`${lineFor(count)}\n`)
    }
  }
}
