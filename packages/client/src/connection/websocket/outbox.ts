import { type ClientPacket, CodecError, type Properties, type ServerPacket, writePacket } from '../../mqtt5/index.js'
import type { ReasonCode } from '../../support/reason-codes.js'
import { answerDeadlineMs, endedOver, refusalCode, strikeLimit } from '../operations.js'
import type { TransportFailure } from '../transport.js'

/** An operation with a packet identifier and an acknowledgement. */
export interface Operation {
  readonly type: 'publish' | 'subscribe' | 'unsubscribe'
  /** The packet. `duplicate`: the broker may already have received it. */
  packet(id: number, duplicate: boolean): ClientPacket
}

interface Pending extends Operation {
  readonly settle: (code: ReasonCode) => void
  readonly fail: (error: unknown) => void
  /** 0 until it is sent; a message keeps its identifier while the broker keeps the session [MQTT-4.4.0-1]. */
  id: number
  sentAt: number
  /** How many times the connection has ended because of it. */
  strikes: number
}

const packetIds = 65_535
const receiveMaximumDefault = 65_535
const retainNotSupported = 0x9a
const qosNotSupported = 0x9b
const packetTooLarge = 0x95

const answers = { puback: 'publish', suback: 'subscribe', unsuback: 'unsubscribe' } as const

/** An established connection. */
interface Line {
  readonly send: (bytes: Uint8Array) => void
  readonly overdue: () => void
  readonly limits: Properties
}

/**
 * Operations that are not acknowledged yet, across reconnects.
 *
 * Messages are sent in the order of the calls, with at most as many unacknowledged ones as the broker allows (Receive Maximum). After an
 * interruption they are sent in the same order again [MQTT-4.6.0-1]: with the same packet identifiers if the broker kept the session
 * [MQTT-4.4.0-1], otherwise as new messages with the same message ID. If the connection ends because of the oldest one, that one is next
 * sent alone, to see whether it is the cause: an operation that the broker answers by closing the connection would otherwise block all
 * others.
 */
export class Outbox {
  /** Operations sent over this connection, by packet identifier, in that order. */
  readonly #sent = new Map<number, Pending>()
  /** Packet identifiers of sent operations and of those to be sent again. */
  readonly #ids = new Set<number>()
  #messages = new Set<Pending>()
  #requests = new Set<Pending>()
  /** The operation that may have ended the last connection: it is sent alone. */
  #suspect: Pending | undefined
  #inFlight = 0
  #lastId = 0
  #line: Line | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Resolves with the broker's reason code, whenever it arrives. Rejects if the operation cannot be sent, or is abandoned. */
  add(operation: Operation): Promise<ReasonCode> {
    return new Promise((settle, fail) => {
      const pending = { ...operation, settle, fail, id: 0, sentAt: 0, strikes: 0 }
      const queue = isMessage(pending) ? this.#messages : this.#requests
      queue.add(pending)
      this.#pump()
    })
  }

  /** Called when a connection is established. @param overdue called if a response does not arrive in time */
  opened(line: Line, sessionPresent: boolean): void {
    this.#line = line
    if (!sessionPresent) for (const message of this.#messages) this.#forgetId(message)
    this.#pump()
  }

  /** Handles an acknowledgement. One without a waiting operation is ignored: it may be late. */
  answered(packet: ServerPacket): void {
    if (packet.type !== 'puback' && packet.type !== 'suback' && packet.type !== 'unsuback') return
    const pending = this.#sent.get(packet.id)
    if (pending?.type !== answers[packet.type]) return
    this.#release(pending)
    pending.settle('reasonCode' in packet ? packet.reasonCode : (packet.reasonCodes[0] ?? 0x80))
    this.#pump()
  }

  /** Called when the connection has ended. @param failure undefined if this side ended it */
  closed(failure: TransportFailure | undefined): void {
    this.#line = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    const sent = [...this.#sent.values()]
    this.#sent.clear()
    this.#inFlight = 0
    const again = sent.filter((pending, index) => index > 0 || failure === undefined || !this.#struck(pending, failure))
    this.#messages = new Set([...again.filter(isMessage), ...this.#messages])
    this.#requests = new Set([...again.filter((pending) => !isMessage(pending)), ...this.#requests])
    for (const request of this.#requests) this.#forgetId(request)
  }

  /** Rejects all operations; nothing is sent any more. */
  abandon(error: unknown): void {
    this.closed(undefined)
    const all = [...this.#messages, ...this.#requests]
    this.#messages.clear()
    this.#requests.clear()
    this.#ids.clear()
    this.#suspect = undefined
    for (const { fail } of all) fail(error)
  }

  /** Returns true if the operation is abandoned. */
  #struck(pending: Pending, failure: TransportFailure): boolean {
    if (!endedOver(Date.now() - pending.sentAt, failure)) return false
    pending.strikes += 1
    this.#suspect = pending
    if (pending.strikes < strikeLimit) return false
    this.#suspect = undefined
    this.#forgetId(pending)
    pending.settle(refusalCode(failure))
    return true
  }

  #pump(): void {
    for (const queue of [this.#requests, this.#messages]) {
      for (const pending of queue) {
        if (this.#line === undefined || !this.#hasRoom(pending)) break
        if (this.#suspect !== undefined && this.#suspect !== pending) continue
        queue.delete(pending)
        this.#send(pending, this.#line)
      }
    }
  }

  #hasRoom(pending: Pending): boolean {
    const { receiveMaximum = receiveMaximumDefault } = this.#line?.limits ?? {}
    return this.#ids.size < packetIds && (!isMessage(pending) || this.#inFlight < receiveMaximum)
  }

  #send(pending: Pending, { send, limits }: Line): void {
    const duplicate = pending.id !== 0
    try {
      const id = duplicate ? pending.id : this.#freeId()
      const packet = pending.packet(id, duplicate)
      const bytes = writePacket(packet)
      const refusal = beyond(packet, bytes, limits)
      if (refusal !== undefined) {
        pending.settle(refusal)
        return
      }
      pending.id = id
      this.#ids.add(id)
      pending.sentAt = Date.now()
      this.#sent.set(pending.id, pending)
      if (isMessage(pending)) this.#inFlight += 1
      this.#watch()
      send(bytes)
    } catch (error) {
      if (!(error instanceof CodecError)) throw error
      pending.fail(error)
    }
  }

  /** [MQTT-2.2.1-2]: an identifier that no other operation uses. */
  #freeId(): number {
    do this.#lastId = (this.#lastId % packetIds) + 1
    while (this.#ids.has(this.#lastId))
    return this.#lastId
  }

  #release(pending: Pending): void {
    this.#sent.delete(pending.id)
    this.#forgetId(pending)
    if (isMessage(pending)) this.#inFlight -= 1
    if (this.#suspect === pending) this.#suspect = undefined
  }

  #forgetId(pending: Pending): void {
    this.#ids.delete(pending.id)
    pending.id = 0
  }

  /** Checks after this time how long the oldest operation has been waiting. */
  #watch(ms = answerDeadlineMs): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      const [oldest] = this.#sent.values()
      if (oldest === undefined) return
      const left = oldest.sentAt + answerDeadlineMs - Date.now()
      if (left > 0) return this.#watch(left)
      this.#line?.overdue()
    }, ms)
  }
}

function isMessage({ type }: Operation): boolean {
  return type === 'publish'
}

/** Why the broker would refuse a packet, by its announced limits. [MQTT-3.2.2-11] [MQTT-3.2.2-14] [MQTT-3.2.2-15] */
function beyond(packet: ClientPacket, bytes: Uint8Array, limits: Properties): ReasonCode | undefined {
  if (bytes.length > (limits.maximumPacketSize ?? Number.POSITIVE_INFINITY)) return packetTooLarge
  if (packet.type !== 'publish') return undefined
  if (packet.qos === 1 && limits.maximumQoS === 0) return qosNotSupported
  return packet.retain && limits.retainAvailable === 0 ? retainNotSupported : undefined
}
