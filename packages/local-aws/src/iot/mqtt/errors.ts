import { reasonCodes } from './reason-codes.js'

export type PacketErrorCode = 'malformed_packet' | 'protocol_error' | 'packet_too_large'

/** The bytes of a client cannot be read on: the connection ends [MQTT-4.13.1-1]. */
export class PacketError extends Error {
  override readonly name = 'PacketError'
  readonly code: PacketErrorCode
  readonly value: number | string | undefined

  /** @param value What was found instead, if it can be named. */
  constructor(code: PacketErrorCode, message: string, value?: number | string) {
    super(message)
    this.code = code
    this.value = value
  }

  /** What MQTT 5 calls it in DISCONNECT. */
  get reasonCode(): number {
    if (this.code === 'packet_too_large') return reasonCodes.packetTooLarge
    return this.code === 'malformed_packet' ? reasonCodes.malformedPacket : reasonCodes.protocolError
  }
}
