import { ProofError } from '../errors.js'
import { anyRun, codePoints, type Token, wildcard } from '../languages/token.js'

/**
 * A possible interpretation of patterns by IAM, where its documentation is ambiguous.
 *
 * `starsCrossColons`: "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
 * boundaries" (User Guide, Resource), or each part is compared separately, as in older documentation and in `ArnLike`.
 *
 * `typesMayBeWild`: whether a wildcard before the first slash of the resource matches, or never matches: "You cannot use a
 * wildcard in the portion of the ARN that specifies the resource type" (Identify AWS resources with ARNs).
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Reading {
  readonly starsCrossColons: boolean
  readonly typesMayBeWild: boolean
}

const partCount = 6
const [crossing, inPart, oneInPart] = [anyRun, wildcard('*', ':'), wildcard('?', ':')]

/**
 * A `Resource` as tokens over the whole ARN; undefined if it matches nothing in this reading.
 *
 * @throws ProofError for policy variables, and for a value that is neither `*` nor an ARN of six parts
 */
export function resourceTokens(pattern: string, reading: Reading, place: string): readonly Token[] | undefined {
  if (/^\*+$/u.test(pattern)) return [anyRun]
  const parts = partsOf(pattern, place)
  if (!reading.typesMayBeWild && hasWildType(parts)) return undefined
  return parts.flatMap((part, index) => {
    const isResource = index === partCount - 1
    const tokens = part.flatMap((piece, at): Token[] => {
      if (typeof piece === 'number') return [piece]
      if (isResource) return [piece]
      if (!piece.run) return [oneInPart]
      return [reading.starsCrossColons && at === part.length - 1 ? crossing : inPart]
    })
    return isResource ? tokens : [...tokens, colon]
  })
}

/** Does the pattern have wildcards before the resource? Then the two readings of `*` can differ. */
export function hasOpenParts(pattern: string, place: string): boolean {
  if (/^\*+$/u.test(pattern)) return false
  return partsOf(pattern, place)
    .slice(0, -1)
    .some((part) => part.some((token) => typeof token !== 'number'))
}

/** Does it have a wildcard before the first slash of the resource? */
export function isWildInType(pattern: string, place: string): boolean {
  return !/^\*+$/u.test(pattern) && hasWildType(partsOf(pattern, place))
}

const [slash, colon] = codePoints('/:') as [number, number]

function hasWildType(parts: readonly (readonly Token[])[]): boolean {
  const resource = parts[partCount - 1] ?? []
  const end = resource.indexOf(slash)
  return resource.slice(0, Math.max(end, 0)).some((token) => typeof token !== 'number')
}

/** The six parts of an ARN: partition, service, Region and account are the second to the fifth. */
function partsOf(pattern: string, place: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]]
  for (const token of tokensOf(pattern, place)) {
    const isEnd = token === colon && parts.length < partCount
    if (isEnd) {
      parts.push([])
    } else {
      parts.at(-1)?.push(token)
    }
  }
  if (parts.length === partCount) return parts
  throw new ProofError(
    place,
    `${JSON.stringify(pattern)} is not an ARN of six parts`,
    pattern,
    'Write out all six parts of the ARN.',
  )
}

/** `*` and `?` are wildcards; `${*}`, `${?}` and `${$}` are the literal characters. */
function tokensOf(pattern: string, place: string): readonly Token[] {
  return (pattern.match(/\$\{[^}]*\}?|\*+|./gsu) ?? []).map((piece): Token => {
    if (piece.startsWith('*')) return anyRun
    if (piece === '?') return wildcard('?')
    const escaped = /^\$\{([*?$])\}$/u.exec(piece)?.[1]
    if (escaped === undefined && piece.startsWith('${')) {
      throw new ProofError(
        place,
        `${JSON.stringify(pattern)} contains the policy variable ${piece}`,
        pattern,
        'Replace the variable by its value.',
      )
    }
    return codePoints(escaped ?? piece)[0] as number
  })
}
