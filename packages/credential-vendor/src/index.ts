export { type FunctionEnvironment, readEnvironment, type VendorEnvironment } from './environment.js'
