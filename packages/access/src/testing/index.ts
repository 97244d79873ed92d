export { MemoryTable } from './memory-table.js'
export { type RawServer, startRawServer } from './raw-server.js'
