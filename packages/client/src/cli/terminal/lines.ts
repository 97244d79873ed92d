const newline = 0x0a
const carriageReturn = 0x0d
/** Far more than a message can hold. A longer line is passed on in parts, to be refused, instead of filling the memory. */
const maxLineBytes = 1024 * 1024

/** Lines as bytes, without their terminators (LF or CR LF); an unterminated last line counts too. */
export async function* lines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let rest = Buffer.alloc(0)
  for await (const chunk of source) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      yield rest.subarray(0, rest[end - 1] === carriageReturn ? end - 1 : end)
      rest = rest.subarray(end + 1)
    }
    if (rest.byteLength <= maxLineBytes) continue
    yield rest
    rest = Buffer.alloc(0)
  }
  if (rest.byteLength > 0) yield rest
}
