/** Why a packet could not be read or written. Each has the reason code of MQTT 5 (§2.4) to send to the other side. */
export type CodecErrorCode = 'malformed_packet' | 'packet_too_large' | 'protocol_error' | 'unwritable_value'

const reasonCodes: Readonly<Record<CodecErrorCode, number>> = {
  malformed_packet: 0x81,
  protocol_error: 0x82,
  packet_too_large: 0x95,
  // Never sent: the packet could not be encoded.
  unwritable_value: 0x80,
}

/** Bytes that are not a valid MQTT 5 packet, or a packet that cannot be encoded. */
export class CodecError extends Error {
  override readonly name = 'CodecError'
  readonly code: CodecErrorCode
  /** The reason code for a DISCONNECT. */
  readonly reasonCode: number

  constructor(code: CodecErrorCode, message: string) {
    super(message)
    this.code = code
    this.reasonCode = reasonCodes[code]
  }
}

/** The error for bytes that are not valid. @param message the clause of the specification that they violate, if it has a number */
export function malformed(message: string): CodecError {
  return new CodecError('malformed_packet', message)
}

/** The error for a packet that the specification does not allow here. @param message as for {@link malformed} */
export function protocolError(message: string): CodecError {
  return new CodecError('protocol_error', message)
}

/** The error for a value that cannot be encoded. */
export function unwritable(message: string): CodecError {
  return new CodecError('unwritable_value', message)
}
