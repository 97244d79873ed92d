const NEWLINE = 0x0a
const RETURN = 0x0d
/** Far more than a message can hold: a line that long is handed on unfinished, to be refused, instead of filling the memory. */
const MAX_LINE_BYTES = 1024 * 1024

/** Lines as bytes, without their ends (LF or CR LF); a last one without an end counts, too. */
export async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(NEWLINE); end !== -1; end = rest.indexOf(NEWLINE)) {
      yield rest.subarray(0, rest[end - 1] === RETURN ? end - 1 : end)
      rest = rest.subarray(end + 1)
    }
    if (rest.byteLength <= MAX_LINE_BYTES) continue
    yield rest
    rest = Buffer.alloc(0)
  }
  if (rest.byteLength > 0) yield rest
}
