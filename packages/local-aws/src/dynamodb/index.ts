export { DynamoDbError } from './dynamodb-error.js'
export type { DynamoDbFaults } from './faults.js'
export { type DynamoDb, startDynamoDb } from './server.js'
export { type TableSettings, Tables } from './tables.js'
