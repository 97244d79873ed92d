/** An estimate of what STS makes of a session policy, in percent of what it takes. */
export interface PackedSize {
  /** With this much it fits, if AWS packs as well as it can be packing. */
  readonly low: number
  /** Below 100 it fits, by all that is known. */
  readonly high: number
}

/**
 * STS packs a session policy into a binary form and refuses what is over its limit, below 2,048 characters already. Neither is public.
 * This model fits all sizes that have been published (docs/adr/0060) when the limit is somewhere between these two.
 */
const limitBytes = { low: 570, high: 470 } as const
const matchBytes = 4
/** What every policy has in it, which must be known beforehand: no model fits short policies otherwise. */
const known =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["Condition":{"StringLike":{"NotResource":"},' +
  '{"Effect":"Allow","Action":["","Resource":["*"],"Resource":"arn:aws:'

/**
 * Estimates the packed size of a session policy. Text that has occurred counts {@link matchBytes}, other characters count one each.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (PackedPolicySize)
 * @example estimatePackedSize(document).high > 100 // STS may refuse it
 */
export function estimatePackedSize(document: string): PackedSize {
  const text = known + document
  const places = new Map<string, number[]>()
  let bytes = 0
  let indexed = 0
  let at = known.length
  while (at < text.length) {
    for (; indexed < at; indexed++) {
      const key = text.slice(indexed, indexed + matchBytes)
      const list = places.get(key)
      if (list) {
        list.push(indexed)
      } else {
        places.set(key, [indexed])
      }
    }
    const length = longestMatch(text, at, places.get(text.slice(at, at + matchBytes)) ?? [])
    bytes += length === 0 ? 1 : matchBytes
    at += Math.max(length, 1)
  }
  return { low: Math.floor((bytes / limitBytes.low) * 100), high: Math.floor((bytes / limitBytes.high) * 100) }
}

function longestMatch(text: string, at: number, places: readonly number[]): number {
  let longest = 0
  for (const place of places) {
    let length = matchBytes
    while (place + length < at && at + length < text.length && text[place + length] === text[at + length]) length++
    if (place + length <= at) longest = Math.max(longest, length)
  }
  return longest
}
