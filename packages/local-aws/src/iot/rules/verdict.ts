import type { DisconnectReason } from '../broker/client.js'
import type { ServerPacket } from '../mqtt/packet.js'

/** The consequence of a client's packet, after the rule has been applied. */
export type Verdict =
  | { readonly kind: 'answer'; readonly packet: ServerPacket }
  /** No response, or the rule has sent it. */
  | { readonly kind: 'done' }
  /** The connection ends: first `answer` if there is one, then for MQTT 5 a DISCONNECT with `code`, unless the answer is a CONNACK. */
  | {
      readonly kind: 'end'
      readonly reason: DisconnectReason
      readonly code: number | undefined
      readonly answer: ServerPacket | undefined
    }

export const done: Verdict = { kind: 'done' }

export function answer(packet: ServerPacket): Verdict {
  return { kind: 'answer', packet }
}

export function end(reason: DisconnectReason, code?: number, answer?: ServerPacket): Verdict {
  return { kind: 'end', reason, code, answer }
}
