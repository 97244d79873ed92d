import type { Packet } from 'mqtt-packet'

/** The type of a packet and its reason codes, without its content: `connack-0x00`, `suback-0x01-0x87`, `publish-dup`, `pingresp`. */
export function packetName(packet: Packet): string {
  switch (packet.cmd) {
    case 'connack':
      return `connack-${hex(packet.reasonCode ?? packet.returnCode ?? 0)}`
    case 'puback':
    case 'disconnect':
      return `${packet.cmd}-${hex(packet.reasonCode ?? 0)}`
    case 'suback':
      return ['suback', ...packet.granted.map((code) => hex(Number(code)))].join('-')
    case 'publish':
      return packet.dup ? 'publish-dup' : 'publish'
    default:
      return packet.cmd
  }
}

function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`
}
