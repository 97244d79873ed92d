/** Estimated packed size of a session policy, in percent of STS's limit. */
export interface PackedSize {
  /** Optimistic: the policy fits if this is below 100 and AWS packs as well as the model allows. */
  readonly low: number
  /** Pessimistic: if this is below 100, the policy fits by all published sizes. */
  readonly high: number
}

/**
 * STS packs a session policy into a binary form and refuses it over a limit that can be reached below 2,048 characters. Neither the form
 * nor the limit is public. This model fits all published sizes (docs/adr/0013) if the limit is between these two values.
 */
const limitBytes = { low: 570, high: 470 } as const
const matchBytes = 4
/** Text that every policy contains and that the packer must know in advance; otherwise no model fits short policies. */
const known =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["Condition":{"StringLike":{"NotResource":"},' +
  '{"Effect":"Allow","Action":["","Resource":["*"],"Resource":"arn:aws:'

/**
 * Estimates the packed size of a session policy. Text that has occurred counts four bytes, every other character counts one.
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
