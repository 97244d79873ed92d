export { type Clock, systemClock } from './clock.js'
export type { Journal, JournalEntry } from './journal.js'
export { type Faults, type LocalAws, type LocalAwsOptions, startLocalAws } from './local-aws.js'
