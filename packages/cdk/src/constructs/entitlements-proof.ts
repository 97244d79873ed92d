import { ceilingPolicy, estimatePackedSize, parseEntitlements, widestRole } from '@topic-credentials/grants'
import { type EntitlementsProof, proveEntitlements } from '@topic-credentials/grants/proof/entitlements'
import type { EntitlementsDocument } from '../entitlements-file.js'
import { type Ceiling, reached } from './ceiling.js'

/** The input of the proof. */
interface ToProve {
  readonly entitlements: EntitlementsDocument
  readonly ceiling?: Ceiling | undefined
  readonly dense?: 'off' | undefined
}

/** Any location works: a proof for one Region and account holds for all. */
const location = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }
const proofs = new Map<string, EntitlementsProof>()

/** The proof for the deployed role and forms. Cached: a topic role reads it twice, and the stacks of an app often share the entitlements. */
function proofOf({ entitlements, ceiling, dense }: ToProve): EntitlementsProof {
  const key = JSON.stringify([entitlements, ceiling, dense])
  const known = proofs.get(key)
  if (known !== undefined) return known
  const role =
    ceiling === 'AWSIoTFullAccess' ? widestRole(location) : ceilingPolicy(reached(entitlements, ceiling), location)
  const proof = proveEntitlements(parseEntitlements(entitlements), location, { role, dense: dense !== 'off' })
  proofs.set(key, proof)
  return proof
}

/** Reasons not to synthesize these entitlements: a policy that does not match its grants, or topics owned by two users. */
export function proofFaults(toProve: ToProve): string[] {
  const { wrong, shared } = proofOf(toProve)
  const faults: string[] = []
  if (wrong !== undefined) {
    const user = JSON.stringify(wrong.userId)
    faults.push(`entitlements: the session policy of ${user} is not proved: ${JSON.stringify(wrong.proof)}`)
  }
  if (shared !== undefined) {
    const { kind, users, templates, filters } = shared
    faults.push(
      `entitlements: the users ${users.map((user) => JSON.stringify(user)).join(' and ')} get the same own topic: ${kind} ${filters.join(' and ')}, from ${templates.join(' and ')}. Change the first level of one of the templates.`,
    )
  }
  return faults
}

/** Warnings, each with its ID. */
export function proofWarnings(toProve: ToProve): readonly (readonly [id: string, warning: string])[] {
  const { proved, left } = proofOf(toProve)
  return [...packedSizeWarnings(proved), ...leftOutWarnings(left)]
}

/** Warns about policies that STS could refuse because of their packed size. AWS does not publish how STS packs; docs/adr/0013 has the known facts. */
function packedSizeWarnings(proved: EntitlementsProof['proved']) {
  const [worst] = proved
    .map(({ rules, userId, policy }) => ({ rules, userId, ...estimatePackedSize(policy.document) }))
    .sort((a, b) => b.high - a.high)
  if (worst === undefined || worst.high <= 100) return []
  const { rules, userId, low, high } = worst
  const warning = `STS may refuse the session policy of ${JSON.stringify(userId)} with ${rules.join(' and ')}: its estimated packed size is ${low} to ${high} percent of the limit. Request fewer topics at once, or grant wider filters such as "devices/#".`
  return [['packed-size', warning]] as const
}

function leftOutWarnings({ proofs: count, first }: EntitlementsProof['left']) {
  if (count === 0) return []
  const warning = `${count} policies were not proved, because there are too many pairs of conditional rules; the first one is that of ${first.join(' and ')}. \`npm start -- prove FILE\` proves all of them.`
  return [['not-proved', warning]] as const
}
