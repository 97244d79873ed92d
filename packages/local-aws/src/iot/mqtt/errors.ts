import { reasonCodes } from './reason-codes.js'

export type PacketErrorCode = 'malformed_packet' | 'protocol_error' | 'packet_too_large'

/** A client's bytes that cannot be parsed any further: the connection ends [MQTT-4.13.1-1]. */
export class PacketError extends Error {
  override readonly name = 'PacketError'
  readonly code: PacketErrorCode
  readonly value: number | string | undefined

  /** @param value the invalid value, if it can be named */
  constructor(code: PacketErrorCode, message: string, value?: number | string) {
    super(message)
    this.code = code
    this.value = value
  }

  /** MQTT 5's reason code for DISCONNECT. */
  get reasonCode(): number {
    if (this.code === 'packet_too_large') return reasonCodes.packetTooLarge
    return this.code === 'malformed_packet' ? reasonCodes.malformedPacket : reasonCodes.protocolError
  }
}
