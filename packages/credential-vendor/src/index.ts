export { cacheLimits, type FunctionEnvironment, readEnvironment, type VendorEnvironment } from './environment.js'
export { type Prover, provers } from './identity/settings.js'
export { vendorMetrics } from './log/metric-names.js'
