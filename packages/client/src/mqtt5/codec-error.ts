/** Why a packet could not be read or written; each has a reason code of MQTT 5 (§2.4) that says the same to the other side. */
export type CodecErrorCode = 'malformed_packet' | 'packet_too_large' | 'protocol_error' | 'unwritable_value'

const reasonCodes: Readonly<Record<CodecErrorCode, number>> = {
  malformed_packet: 0x81,
  protocol_error: 0x82,
  packet_too_large: 0x95,
  // Never on the wire: nothing was sent.
  unwritable_value: 0x80,
}

/** Bytes that are no packet of MQTT 5, or a packet that cannot be made of what was given. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  readonly code: CodecErrorCode
  /** What a DISCONNECT says of it. */
  readonly reasonCode: number

  constructor(code: CodecErrorCode, message: string) {
    super(message)
    this.code = code
    this.reasonCode = reasonCodes[code]
  }
}

/** Bytes that end too early, or that mean nothing. */
export function malformed(message: string): CodecError {
  return new CodecError('malformed_packet', message)
}

/** What was to be sent cannot be sent. */
export function unwritable(message: string): CodecError {
  return new CodecError('unwritable_value', message)
}
