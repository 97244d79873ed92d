export { type IamApi, startIamApi } from './server.js'
