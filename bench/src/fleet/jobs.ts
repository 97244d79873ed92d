import type { Scenario } from './fleet.js'
import { NAIVE_CLIENTS, type NaiveName } from './naive-fleet.js'
import type { FleetResult } from './result.js'
import type { Job } from './worker.js'

/** One row of a table. */
export interface Row {
  readonly client: string
  readonly job: Job
}

const HOUR_MS = 3_600_000
const CONNECTS_PER_SECOND = 500
/** So much longer than the quota needs is the fleet spread: what comes at random comes in bunches. */
const MARGIN = 1.1

/** The `spreadSeconds` that an operator sets for so many clients. */
export const spreadFor = (clients: number) => Math.max(1, (MARGIN * clients) / CONNECTS_PER_SECOND)

/** Seconds in which AWS IoT's quota lets so many clients connect, at best. */
export const boundFor = (clients: number) => clients / CONNECTS_PER_SECOND

const SIZES = [1_000, 10_000, 100_000, 1_000_000]
/** Where all kinds of clients are compared. */
export const COMPARED = 100_000
const SEED = 46

const scenario = (start: Scenario['start'], clients: number, hours = 24): Scenario => ({
  clients,
  start,
  seed: SEED,
  untilMs: hours * HOUR_MS,
})

const ours = (start: Scenario['start'], clients: number, share = 1): Row => ({
  client: share === 1 ? 'ours, spread' : 'ours, spread over half the time it needs',
  job: { scenario: scenario(start, clients), client: 'ours', spreadSeconds: share * spreadFor(clients) },
})
const blind = (start: Scenario['start'], clients: number): Row => ({
  client: 'ours, fleet unknown',
  job: { scenario: scenario(start, clients), client: 'ours' },
})
const naive = (name: NaiveName, start: Scenario['start'], clients: number): Row => ({
  client: NAIVE_CLIENTS[name].name,
  job: { scenario: scenario(start, clients), client: name },
})

/** All connections break at once; credentials are fresh and sessions are kept. */
export const DISCONNECT: readonly Row[] = [
  ...SIZES.map((clients) => ours('fresh', clients)),
  ...[1_000, 10_000, COMPARED].map((clients) => blind('fresh', clients)),
  ours('fresh', COMPARED, 0.5),
  ...[1_000, 10_000, COMPARED, 1_000_000].map((clients) => naive('sdk', 'fresh', clients)),
  naive('fixed', 'fresh', COMPARED),
  naive('vend', 'fresh', COMPARED),
  naive('faster', 'fresh', COMPARED),
]

/** Everybody starts at once, with nothing. */
export const COLD: readonly Row[] = [
  ...SIZES.map((clients) => ours('cold', clients)),
  naive('sdk', 'cold', COMPARED),
  naive('fixed', 'cold', COMPARED),
  naive('vend', 'cold', COMPARED),
]

/** All connections break at once, after a day: every credential has expired. */
export const STALE: readonly Row[] = [ours('stale', COMPARED), naive('vend', 'stale', COMPARED)]

export const STEADY_HOURS = 4
/** Connections break one by one. */
export const STEADY: readonly Row[] = [
  {
    client: 'ours',
    job: { scenario: scenario('steady', 20_000, STEADY_HOURS), client: 'ours', spreadSeconds: spreadFor(20_000) },
  },
  {
    client: NAIVE_CLIENTS.vend.name,
    job: { scenario: scenario('steady', 20_000, STEADY_HOURS), client: 'vend' },
  },
]

export const ROWS: readonly Row[] = [...DISCONNECT, ...COLD, ...STALE, ...STEADY]

/** A row with what was found for it. */
export type Found = Row & { readonly result: FleetResult }
