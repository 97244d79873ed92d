import type { Scenario } from '../fleet.js'
import { type NaiveName, naiveClients } from '../naive-fleet.js'
import type { FleetResult } from '../results/result.js'
import type { Job } from './worker.js'

/** One row of a table. */
export interface Row {
  readonly client: string
  readonly job: Job
}

const hourMs = 3_600_000
const connectsPerSecond = 500
/** Factor by which the spread exceeds the time that the quota needs, because random arrivals are uneven. */
const margin = 1.1

/** The `spreadSeconds` that an operator configures for this number of clients. */
export function spreadFor(clients: number) {
  return Math.max(1, (margin * clients) / connectsPerSecond)
}

/** The minimum time, in seconds, in which AWS IoT's quota lets this number of clients connect. */
export function boundFor(clients: number) {
  return clients / connectsPerSecond
}

const sizes = [1_000, 10_000, 100_000, 1_000_000]
/** The fleet size for which all kinds of clients are compared. */
export const comparedClients = 100_000
const jobSeed = 46

function scenario(start: Scenario['start'], clients: number, hours = 24): Scenario {
  return {
    clients,
    start,
    seed: jobSeed,
    untilMs: hours * hourMs,
  }
}

function ours(start: Scenario['start'], clients: number, share = 1): Row {
  return {
    client: share === 1 ? 'ours, spread' : 'ours, spread over half the time it needs',
    job: { scenario: scenario(start, clients), client: 'ours', spreadSeconds: share * spreadFor(clients) },
  }
}
function blind(start: Scenario['start'], clients: number): Row {
  return {
    client: 'ours, fleet unknown',
    job: { scenario: scenario(start, clients), client: 'ours' },
  }
}
function naive(name: NaiveName, start: Scenario['start'], clients: number): Row {
  return {
    client: naiveClients[name].name,
    job: { scenario: scenario(start, clients), client: name },
  }
}

/** All connections break at once; credentials are fresh and sessions are resumed. */
export const disconnectRows: readonly Row[] = [
  ...sizes.map((clients) => ours('fresh', clients)),
  ...[1_000, 10_000, comparedClients].map((clients) => blind('fresh', clients)),
  ours('fresh', comparedClients, 0.5),
  ...[1_000, 10_000, comparedClients, 1_000_000].map((clients) => naive('sdk', 'fresh', clients)),
  naive('fixed', 'fresh', comparedClients),
  naive('vend', 'fresh', comparedClients),
  naive('faster', 'fresh', comparedClients),
]

/** All clients start at once, without credentials. */
export const coldRows: readonly Row[] = [
  ...sizes.map((clients) => ours('cold', clients)),
  naive('sdk', 'cold', comparedClients),
  naive('fixed', 'cold', comparedClients),
  naive('vend', 'cold', comparedClients),
]

/** All connections break at once, after a day: every credential has expired. */
export const staleRows: readonly Row[] = [ours('stale', comparedClients), naive('vend', 'stale', comparedClients)]

export const steadyHours = 4
/** Connections break one by one. */
export const steadyRows: readonly Row[] = [
  {
    client: 'ours',
    job: { scenario: scenario('steady', 20_000, steadyHours), client: 'ours', spreadSeconds: spreadFor(20_000) },
  },
  {
    client: naiveClients.vend.name,
    job: { scenario: scenario('steady', 20_000, steadyHours), client: 'vend' },
  },
]

export const allRows: readonly Row[] = [...disconnectRows, ...coldRows, ...staleRows, ...steadyRows]

/** A row and its result. */
export type Found = Row & { readonly result: FleetResult }
