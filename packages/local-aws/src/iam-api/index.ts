export { type IamApi, type IamApiSettings, startIamApi } from './server.js'
