import { durationLimits, type GrantKind, isRecord, parseGrantRule, type Rule } from '@topic-credentials/grants'

/** What the app's own function is asked: who calls, as it was verified. */
export interface AppQuestion {
  /** Of this form of the question. */
  readonly version: 1
  readonly userId: string
  /** `jwt`, `iam`, `backend` or `deploy-check`. */
  readonly prover?: string | undefined
  /** The IAM identity that called, or the token's issuer. */
  readonly provenBy?: string | undefined
  /** Of the token, with their types. Empty where there is none. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * What the app's own function answers. Lists that are left out are empty; all of them empty grants nothing.
 *
 * @example { "subscribe": ["tenants/t1/#"], "seconds": 900 }
 */
export interface AppAnswer {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
  /** Credentials end after this time at the latest, 900 and more: STS makes none that are shorter. Left out: as the caller asks, an hour at most. */
  readonly seconds?: number
}

/** Topic filters of one kind, as of an item of the table. */
const longestList = 200
const kinds: readonly GrantKind[] = ['publish', 'subscribe', 'retain']

/**
 * Reads the answer. Whatever is not foreseen is refused as a whole: a member that is written wrongly may have been meant to forbid something.
 *
 * @throws EntitlementError for a grant that is none; Error for all else, with what is wrong
 */
export function readAppAnswer(text: string): { readonly rule: Rule; readonly seconds: number | undefined } {
  const answer: unknown = JSON.parse(text)
  if (!isRecord(answer)) throw new Error('it is no object')
  const { seconds, ...lists } = answer
  const unknown = Object.keys(lists).find((name) => !kinds.some((kind) => kind === name))
  if (unknown !== undefined) throw new Error(`it has a member ${JSON.stringify(unknown)}`)
  const listOf = (kind: GrantKind): readonly unknown[] => {
    const list = lists[kind] ?? []
    if (Array.isArray(list) && list.length <= longestList) return list
    throw new Error(`${kind} is no list of at most ${longestList} topic filters`)
  }
  const rule = parseGrantRule(
    { publish: listOf('publish'), subscribe: listOf('subscribe'), retain: listOf('retain') },
    'function',
  )
  return { rule, seconds: seconds === undefined ? undefined : secondsIn(seconds) }
}

function secondsIn(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= durationLimits.minimum) return Number(value)
  throw new Error(`seconds is ${JSON.stringify(value)}; it is a whole number from ${durationLimits.minimum}`)
}
