/** Shows the number of items: on a terminal in one line that is overwritten, otherwise with one line for each ten thousand. */
export function progressOn(stream: NodeJS.WriteStream): { at(items: number): void } {
  let said = 0
  return {
    at(items) {
      if (stream.isTTY) {
        stream.write(`\r${items} items read\u001b[K\r`)
      } else if (items - said >= 10_000) {
        said = items
        stream.write(`${items} items read\n`)
      }
    },
  }
}
