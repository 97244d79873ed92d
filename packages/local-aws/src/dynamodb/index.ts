export type { DynamoDbFaults } from './faults.js'
export { type DynamoDb, startDynamoDb } from './server.js'
export { Tables } from './tables.js'
