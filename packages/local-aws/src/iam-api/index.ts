export type { IamFaults } from './lagging-reads.js'
export { type IamApi, type IamApiSettings, startIamApi } from './server.js'
