const BINARY_AND_LAST = 0x82

/** One unmasked binary frame with all of these bytes (RFC 6455 §5.2), in one buffer, so that it is one write to TLS. */
export function binaryFrame(parts: readonly Buffer[]): Buffer {
  let length = 0
  for (const part of parts) length += part.length
  const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(header + length)
  frame[0] = BINARY_AND_LAST
  if (header === 2) frame[1] = length
  else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(length), 2)
  }
  let at = header
  for (const part of parts) at += part.copy(frame, at)
  return frame
}
