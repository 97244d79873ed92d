import { type Grants, parseGrants, sessionPolicy } from '@topic-credentials/grants'

/** Milliseconds of the first policies of a process, and of those after the warm-up. */
export interface CompileTimes {
  readonly first: number
  readonly warm: readonly number[]
  readonly characters: number
  readonly form: string
}

const warmUp = 200
const counted = 500

function serial(index: number) {
  return String(index).padStart(2, '0')
}

/** Kinds of topic filters; short enough that twenty fit one policy. */
const comparedFilters: Readonly<Record<string, (index: number) => string>> = {
  literals: (index) => `plant/line-${serial(index)}/state`,
  '+ wildcards': (index) => `line-${serial(index)}/+/state`,
  '# wildcards': (index) => `plant/line-${serial(index)}/#`,
  mixed: (index) => [`p/${serial(index)}/s`, `q/${serial(index)}/+`, `r/${serial(index)}/#`][index % 3] as string,
}

/** Grants of one kind to compile, half of them to publish, half to subscribe. */
export interface CompileCase {
  readonly name: string
  readonly grants: number
  readonly filters: readonly string[]
}

export const cases: readonly CompileCase[] = [20, 40].flatMap((grants) =>
  Object.entries(comparedFilters).map(([kind, filterOf]) => {
    return { name: `${grants}, ${kind}`, grants, filters: Array.from({ length: grants / 2 }, (_, i) => filterOf(i)) }
  }),
)

/** Compiles one case repeatedly, each time for a different user, so that caching has no effect. */
export function compileTimes(name: string): CompileTimes {
  const filters = cases.find((one) => one.name === name)?.filters
  const grants = parseGrants({ publish: filters, subscribe: filters })
  const [first, ...others] = Array.from({ length: 1 + warmUp + counted }, (_, run) => time(grants, `user-${run}`))
  const { characters, form } = sessionPolicy(grants, { userId: 'user' })
  return { first: first as number, warm: others.slice(warmUp), characters, form }
}

function time(grants: Grants, userId: string): number {
  const began = performance.now()
  sessionPolicy(grants, { userId })
  return performance.now() - began
}
