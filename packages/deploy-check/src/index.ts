export type { CheckEnvironment } from './environment.js'
export { type Plan, plan } from './topics.js'
