export { startIamApi } from './server.js'
