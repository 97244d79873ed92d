import { type Grants, parseGrants, sessionPolicy } from '@topic-credentials/grants'

/** Milliseconds of the first policies of a process, and of those after the compiler has warmed up. */
export interface CompileTimes {
  readonly first: number
  readonly warm: readonly number[]
  readonly characters: number
}

const GRANTS = 20
const WARM_UP = 200
const COUNTED = 500

const serial = (index: number) => String(index).padStart(2, '0')

/** Kinds of topic filters, each to be both published and subscribed; short enough that twenty fit one policy. */
export const KINDS: Readonly<Record<string, (index: number) => string>> = {
  literals: (index) => `plant/line-${serial(index)}/state`,
  '+ wildcards': (index) => `line-${serial(index)}/+/state`,
  '# wildcards': (index) => `plant/line-${serial(index)}/#`,
  mixed: (index) => [`p/${serial(index)}/s`, `q/${serial(index)}/+`, `r/${serial(index)}/#`][index % 3] as string,
}

/** Compiles twenty filters of one kind over and over, for another user each time, so that nothing can be remembered. */
export function compileTimes(kind: string): CompileTimes {
  const filters = Array.from({ length: GRANTS }, (_, index) => (KINDS[kind] as (index: number) => string)(index))
  const grants = parseGrants({ publish: filters, subscribe: filters })
  const [first, ...others] = Array.from({ length: 1 + WARM_UP + COUNTED }, (_, run) => time(grants, `user-${run}`))
  const { characters } = sessionPolicy(grants, { userId: 'user' })
  return { first: first as number, warm: others.slice(WARM_UP), characters }
}

function time(grants: Grants, userId: string): number {
  const began = performance.now()
  sessionPolicy(grants, { userId })
  return performance.now() - began
}
