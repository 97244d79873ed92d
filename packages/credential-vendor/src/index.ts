export { cacheLimits, type FunctionEnvironment, readEnvironment, type VendorEnvironment } from './environment.js'
export { vendorMetrics } from './log/metric-names.js'
