import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'

/** Seconds for one subject: FUZZ_SECONDS=600 for the long run. */
const longRun = Number(process.env.FUZZ_SECONDS ?? 0)
/** Printed with every result; FUZZ_SEED repeats one. */
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 0x7fffffff)
/** What may be left over after all cases: a leak of a few hundred bytes per case exceeds it in a long run. */
const heapGrowthMib = 32

interface Campaign {
  /** What is fuzzed, for the line that says how it went. */
  readonly subject: string
  /** How many properties share the seconds of a long run. */
  readonly properties?: number
  /** The ordinary run: so many cases, or as many as fit into so many seconds. */
  readonly cases?: number
  readonly seconds?: number
}

/** Seconds that one property of a campaign takes; undefined when cases are counted instead. */
function secondsOf({ properties = 1, seconds }: Campaign): number | undefined {
  return longRun > 0 ? longRun / properties : seconds
}

/** Jest's limit for a test that runs a property of this campaign, in milliseconds. */
export function fuzzTimeout(campaign: Campaign): number {
  return (secondsOf(campaign) ?? 30) * 1000 + 30_000
}

/**
 * Runs a property; says how many cases, which seed and how much memory that took.
 * @throws Error with the smallest case that fails, or when memory is kept
 */
export async function fuzz<Ts>(
  campaign: Campaign,
  property: fc.IAsyncProperty<Ts> | fc.IProperty<Ts>,
): Promise<number> {
  const limit = secondsOf(campaign)
  const before = memory()
  const started = performance.now()
  const result = await fc.check(property, {
    seed,
    ...(limit === undefined
      ? { numRuns: campaign.cases ?? 3_000 }
      : { numRuns: 1e9, interruptAfterTimeLimit: limit * 1000, markInterruptAsFailure: false }),
    // A case that hangs is a failure.
    ...(property.isAsync() && { timeout: 10_000 }),
  })
  const after = memory()
  const took = ((performance.now() - started) / 1000).toFixed(0)
  process.stdout.write(
    `fuzz: ${campaign.subject}: ${result.numRuns} cases in ${took} s, seed ${seed}, ` +
      `resident ${before.resident} → ${after.resident} MiB, heap ${before.heap} → ${after.heap} MiB\n`,
  )
  if (result.failed) throw new Error(await fc.asyncDefaultReportMessage(result))
  if (after.heap - before.heap > heapGrowthMib) {
    throw new Error(`${campaign.subject}: the heap grew from ${before.heap} to ${after.heap} MiB.`)
  }
  return result.numRuns
}

function memory(): { readonly resident: number; readonly heap: number } {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { rss, heapUsed } = process.memoryUsage()
  return { resident: Math.round(rss / 2 ** 20), heap: Math.round(heapUsed / 2 ** 20) }
}
