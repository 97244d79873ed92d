export { CodecError, type CodecErrorCode } from './codec-error.js'
export { PacketSplitter, type RawPacket } from './packet-splitter.js'
export type {
  ClientPacket,
  ConnackPacket,
  ConnectPacket,
  DisconnectPacket,
  PubackPacket,
  PublishPacket,
  ServerPacket,
  SubackPacket,
  Will,
} from './packets.js'
export type { Properties, UserProperty } from './properties.js'
export { readPacket } from './read-packet.js'
export { writePacket } from './write-packet.js'
