import { parentPort, workerData } from 'node:worker_threads'
import type { Scenario } from '../fleet.js'
import { NaiveFleet, type NaiveName, naiveClients } from '../naive-fleet.js'
import { OurFleet } from '../our-fleet.js'

/** One simulation. */
export interface Job {
  readonly scenario: Scenario
  readonly client: NaiveName | 'ours'
  /** For our clients: the configured `spreadSeconds`. */
  readonly spreadSeconds?: number
}

const { scenario, client, spreadSeconds }: Job = workerData
const fleet = client === 'ours' ? new OurFleet(scenario, spreadSeconds) : new NaiveFleet(naiveClients[client], scenario)
parentPort?.postMessage(await fleet.run())
