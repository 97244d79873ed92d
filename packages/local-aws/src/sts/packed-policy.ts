/**
 * The estimate of the packed size that STS returns and enforces: the low or the high bound of the published sizes, or none.
 */
export type PackedPolicyEstimate = 'low' | 'high' | 'off'

export interface PackedContent {
  readonly policy: string | undefined
  readonly policyArns: readonly string[]
  readonly tags: Readonly<Record<string, string>>
}

/**
 * The number of bytes that AWS allots. Its binary form is not public; with the model below, the sizes in packed-policy.cases.json, whose
 * policies are published, lie between these two.
 */
const allottedBytes = { low: 570, high: 470 } as const

/** Text that every policy contains: packed as a reference from its first occurrence. Without it, no model fits small policies. */
const usualWords =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotAction":["Condition":{"StringLike":{"NotResource":"},' +
  '{"Effect":"Allow","Action":["","Resource":["*"],"Resource":"arn:aws:'
/** The cost of a repetition, if it is at least this long. */
const referenceBytes = 4
const bytesPerTag = 3

/**
 * The used part of the allotted space by session policies and tags, in whole percent; undefined if there is nothing to pack or no estimate.
 * More than 100 exceeds the limit.
 */
export function packedPolicySize(content: PackedContent, estimate: PackedPolicyEstimate): number | undefined {
  const { policy, policyArns, tags } = content
  const pairs = Object.entries(tags)
  const texts = [...(policy === undefined ? [] : [withoutBlanks(policy)]), ...policyArns]
  if (estimate === 'off' || texts.length + pairs.length === 0) return undefined
  const tagBytes = pairs.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value) + bytesPerTag, 0)
  return Math.floor(((packedBytes(texts.join('\n')) + tagBytes) / allottedBytes[estimate]) * 100)
}

function withoutBlanks(policy: string): string {
  return JSON.stringify(JSON.parse(policy))
}

/** One byte for each character that starts nothing seen before, {@link referenceBytes} for each longest repeated piece. */
function packedBytes(text: string): number {
  const seen = usualWords + text
  const starts = new Map<string, number[]>()
  const note = (at: number) => {
    const piece = seen.slice(at, at + referenceBytes)
    starts.set(piece, [...(starts.get(piece) ?? []), at])
  }
  for (let at = 0; at < usualWords.length; at++) note(at)
  let bytes = 0
  for (let at = usualWords.length; at < seen.length; ) {
    const candidates = starts.get(seen.slice(at, at + referenceBytes)) ?? []
    const longest = candidates.reduce((most, start) => Math.max(most, commonLength(seen, start, at)), 0)
    const length = longest >= referenceBytes ? longest : 1
    bytes += length === 1 ? Buffer.byteLength(seen[at] as string) : referenceBytes
    for (let step = 0; step < length; step++) note(at + step)
    at += length
  }
  return bytes
}

function commonLength(text: string, start: number, at: number): number {
  let length = 0
  while (start + length < at && at + length < text.length && text[start + length] === text[at + length]) length++
  return length
}
