import { type Packet, parser } from 'mqtt-packet'
import { connackFor } from './connack.js'
import type { Agreement } from './connect.js'
import type { MqttConnection } from './connection.js'
import { DeliveryWindow, publishMessageId } from './delivery.js'
import { PACKET_TYPE, packetType, publishQos } from './frames.js'
import type { Plane } from './plane.js'

/** The broker's packets on their way to one client: acknowledgements are completed, deliveries metered. */
export class Outbound {
  readonly #plane: Plane
  readonly #connection: MqttConnection
  readonly #acks = new Map<number, () => Packet>()
  #window: DeliveryWindow | undefined
  #lastBroker: string | undefined
  #lastCounter: number | undefined

  constructor(plane: Plane, connection: MqttConnection) {
    this.#plane = plane
    this.#connection = connection
  }

  agree(agreement: Agreement): void {
    this.#window = new DeliveryWindow({ ...agreement, publishesPerSecond: this.#plane.limits.publishesPerSecond })
  }

  /** The broker's acknowledgement of this packet is replaced by ours, which knows what the broker never saw. */
  expectAck(messageId: number | undefined, ack: () => Packet): void {
    if (messageId !== undefined) this.#acks.set(messageId, ack)
  }

  /** The client acknowledged a message: the next one that waits may go. */
  acknowledged(messageId: number | undefined): void {
    const next = messageId === undefined ? undefined : this.#window?.acknowledged(messageId)
    if (next !== undefined) this.#connection.send(next)
  }

  /** Whether the broker hands over the same message again, for another filter that matches it too. */
  isRepeated({ brokerId, brokerCounter }: { brokerId?: string | null; brokerCounter?: number }): boolean {
    if (brokerId === undefined || brokerId === null) return false // retained messages have none
    const repeated = this.#lastCounter === brokerCounter && this.#lastBroker === brokerId
    this.#lastBroker = brokerId
    this.#lastCounter = brokerCounter
    return repeated
  }

  /** What the client gets for a packet of the broker's; undefined for nothing (yet). */
  pass(frame: Buffer): Buffer | undefined {
    switch (packetType(frame)) {
      case PACKET_TYPE.PUBLISH:
        return this.#publish(frame)
      case PACKET_TYPE.CONNACK:
        return this.#connack(frame)
      case PACKET_TYPE.SUBACK:
      case PACKET_TYPE.UNSUBACK:
        return this.#acknowledgement(frame)
      default:
        return frame
    }
  }

  #publish(frame: Buffer): Buffer | undefined {
    // Its rights are no longer looked at; a persistent session gets the message when it is resumed.
    if (this.#connection.ended !== undefined) return undefined
    if (publishQos(frame) === 0 && !this.#connection.keepsUp) return undefined
    const fate = this.#window?.offer(frame, this.#plane.clock.now())
    // The client never sees it, so we acknowledge it for the client.
    if (fate === 'discard') this.#connection.toBroker({ cmd: 'puback', messageId: publishMessageId(frame) })
    return fate === 'send' ? frame : undefined
  }

  #connack(frame: Buffer): Buffer {
    const { agreement, version, caller, resumed } = this.#connection
    const packet = this.#decode(frame)
    if (packet.cmd !== 'connack' || agreement === undefined || (packet.returnCode ?? packet.reasonCode) !== 0)
      return frame
    this.#connection.establish()
    this.#plane.record.ok('Connect', caller, { protocol: version, resumed })
    this.#plane.lifecycle.connected(this.#connection)
    return this.#connection.encode(connackFor(agreement, resumed, this.#plane.limits))
  }

  #acknowledgement(frame: Buffer): Buffer {
    const { messageId = 0 } = this.#decode(frame)
    const ack = this.#acks.get(messageId)
    this.#acks.delete(messageId)
    return ack === undefined ? frame : this.#connection.encode(ack())
  }

  #decode(frame: Buffer): Packet {
    let packet: Packet | undefined
    const reader = parser({ protocolVersion: this.#connection.version })
    reader.on('packet', (one) => {
      packet = one
    })
    reader.parse(frame)
    if (packet === undefined) throw new TypeError('The broker sent a packet that cannot be read.')
    return packet
  }
}
