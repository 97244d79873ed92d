import { estimatePackedSize, parseEntitlements } from '@topic-credentials/grants'
import { type EntitlementsProof, proveEntitlements } from '@topic-credentials/grants/proof/entitlements'
import type { EntitlementsDocument } from '../entitlements-file.js'

/** Any location works: a proof for one Region and account holds for all. */
const location = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }
const proofs = new Map<string, EntitlementsProof>()

/** Cached, because several stacks of an app often share the entitlements. */
function proofOf(document: EntitlementsDocument): EntitlementsProof {
  const key = JSON.stringify(document)
  const proof = proofs.get(key) ?? proveEntitlements(parseEntitlements(document), location)
  proofs.set(key, proof)
  return proof
}

/** Reasons not to synthesize these entitlements: a policy that does not match its grants, or topics owned by two users. */
export function proofFaults(document: EntitlementsDocument): string[] {
  const { wrong, shared } = proofOf(document)
  const faults: string[] = []
  if (wrong !== undefined) {
    const user = JSON.stringify(wrong.userId)
    faults.push(`entitlements: the session policy of ${user} is not proved: ${JSON.stringify(wrong.proof)}`)
  }
  if (shared !== undefined) {
    const { kind, users, templates, filters } = shared
    faults.push(
      `entitlements: ${users.map((user) => JSON.stringify(user)).join(' and ')} would share a topic of their own: ${kind} ${filters.join(' and ')}, from ${templates.join(' and ')}. Change the first level of one of the templates.`,
    )
  }
  return faults
}

/** Policies that STS may refuse because of their packed size. AWS does not publish how STS packs; docs/adr/0060 has the known facts. */
export function packedSizeWarnings(document: EntitlementsDocument): string[] {
  const [worst] = proofOf(document)
    .proved.map(({ rules, userId, policy }) => ({ rules, userId, ...estimatePackedSize(policy.document) }))
    .sort((a, b) => b.high - a.high)
  if (worst === undefined || worst.high <= 100) return []
  const { low, high } = worst
  return [
    `STS may refuse the session policy of ${JSON.stringify(worst.userId)} with ${worst.rules.join(' and ')}: its estimated packed size is ${low} to ${high} percent of the limit. Request fewer topics at once, or grant wider filters such as "devices/#".`,
  ]
}
