import { estimatePackedSize, parseEntitlements } from '@topic-credentials/grants'
import { type EntitlementsProof, proveEntitlements } from '@topic-credentials/grants/proof/entitlements'
import type { EntitlementsDocument } from '../entitlements-file.js'

/** Any will do: a proof for one Region and account is one for all. */
const location = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' }
const proofs = new Map<string, EntitlementsProof>()

/** Several stacks of an app often have the same entitlements. */
function proofOf(document: EntitlementsDocument): EntitlementsProof {
  const key = JSON.stringify(document)
  const proof = proofs.get(key) ?? proveEntitlements(parseEntitlements(document), location)
  proofs.set(key, proof)
  return proof
}

/** What speaks against synthesizing these entitlements: a policy that is not what its grants say, or own topics that are shared. */
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
      `entitlements: ${users.map((user) => JSON.stringify(user)).join(' and ')} would both call a topic their own: ${kind} ${filters.join(' and ')}, from ${templates.join(' and ')}. Give one of the templates another first level.`,
    )
  }
  return faults
}

/** Whose policy STS may refuse for its packed size. AWS does not publish how it packs; docs/adr/0060 has what is known. */
export function packedSizeWarnings(document: EntitlementsDocument): string[] {
  const [worst] = proofOf(document)
    .proved.map(({ rules, userId, policy }) => ({ rules, userId, ...estimatePackedSize(policy.document) }))
    .sort((a, b) => b.high - a.high)
  if (worst === undefined || worst.high <= 100) return []
  const { low, high } = worst
  return [
    `STS may refuse to pack what ${worst.rules.join(' and ')} give ${JSON.stringify(worst.userId)}: by estimate it takes ${low} to ${high} percent of the space. Ask for fewer topics at once, or grant wider filters such as "devices/#".`,
  ]
}
