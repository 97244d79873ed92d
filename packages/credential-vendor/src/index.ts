export { type FunctionEnvironment, readEnvironment, type VendorEnvironment } from './environment.js'
export { vendorMetrics } from './metric-names.js'
