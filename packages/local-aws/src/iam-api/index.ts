export { type IamApiSettings, startIamApi } from './server.js'
