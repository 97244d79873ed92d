import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** The machine of a run: its figures are only meaningful together with it. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly platform: string
  /** Load average of the minute before the run: above 0, something else was running. */
  readonly load: number
}

export function thisMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    load: Number((loadavg()[0] ?? 0).toFixed(1)),
  }
}

export function describeMachine({ cpu, cores, memoryGiB, node, platform, load }: Machine): string {
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${platform}, Node.js ${node}, load before the run ${load}`
}
