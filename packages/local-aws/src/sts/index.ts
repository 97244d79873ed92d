export { type Sts, type StsFaults, type StsSettings, startSts } from './server.js'
