import { longestList } from '@topic-credentials/access'
import { byKind, durationLimits, grantKinds, isRecord, parseGrantRule, type Rule } from '@topic-credentials/grants'

/** The event for the app's own function: the verified caller. */
export interface AppQuestion {
  /** Version of this format. */
  readonly version: 1
  readonly userId: string
  /** `jwt`, `iam`, `backend` or `deploy-check`. */
  readonly prover?: string | undefined
  /** The calling IAM identity, or the issuer of the token. */
  readonly provenBy?: string | undefined
  /** The claims of the token, with their types. Empty if there is no token. */
  readonly claims: Readonly<Record<string, unknown>>
}

/**
 * Reads the response of the app's own function, such as `{"subscribe": ["tenants/t1/#"], "seconds": 900}`. Absent lists are empty. `seconds`
 * limits the lifetime of the credentials; STS supports 900 and more. A response with any other content is refused as a whole, because a
 * misspelt member could have been meant to forbid something.
 *
 * @throws EntitlementError for an invalid grant; Error with the reason for any other fault
 */
export function readAppAnswer(text: string): { readonly rule: Rule; readonly seconds: number | undefined } {
  const answer: unknown = JSON.parse(text)
  if (!isRecord(answer)) throw new Error('the response is not an object')
  const { seconds, ...lists } = answer
  const unknown = Object.keys(lists).find((name) => !grantKinds.some((kind) => kind === name))
  if (unknown !== undefined) throw new Error(`the response has the unknown member ${JSON.stringify(unknown)}`)
  const given = byKind((kind): readonly unknown[] => {
    const list = lists[kind] ?? []
    if (Array.isArray(list) && list.length <= longestList) return list
    throw new Error(`${kind} is not a list of at most ${longestList} topic filters`)
  })
  return { rule: parseGrantRule(given, 'function'), seconds: seconds === undefined ? undefined : secondsIn(seconds) }
}

function secondsIn(value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= durationLimits.minimum) return Number(value)
  throw new Error(`seconds is ${JSON.stringify(value)}; it must be an integer of at least ${durationLimits.minimum}`)
}
