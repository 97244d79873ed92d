export { CodecError, protocolError } from './codec-error.js'
export { PacketSplitter, type RawPacket } from './packet-splitter.js'
export type {
  ClientPacket,
  ConnackPacket,
  ConnectPacket,
  PublishPacket,
  ServerPacket,
} from './packets.js'
export type { Properties } from './properties.js'
export { readPacket } from './read-packet.js'
export { writePacket } from './write-packet.js'
