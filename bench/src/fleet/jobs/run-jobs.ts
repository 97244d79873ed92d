import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FleetResult } from '../results/result.js'
import type { Job } from './worker.js'

/** The simulations use no native code, so they run in threads; each thread frees its memory when it ends. */
const atOnce = 2
/** A million real caches need about three gigabytes; a large young generation reduces collections of short-lived promises. */
const limits = { maxOldGenerationSizeMb: 8_192, maxYoungGenerationSizeMb: 384 }

/** Runs all simulations, two at a time, in the given order. */
export async function runJobs(
  jobs: readonly Job[],
  onDone: (job: Job, seconds: number) => void,
): Promise<FleetResult[]> {
  const results: FleetResult[] = []
  const waiting = jobs.entries()
  const runner = async () => {
    for (const [index, job] of waiting) {
      const begun = performance.now()
      results[index] = await simulate(job)
      onDone(job, (performance.now() - begun) / 1000)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  return results
}

async function simulate(job: Job): Promise<FleetResult> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: job, resourceLimits: limits })
  const [result] = await once(worker, 'message')
  await worker.terminate()
  return result as FleetResult
}
