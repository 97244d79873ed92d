import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { AccessRequest } from '../explain.js'
import { explain } from '../explain.js'
import type { Grants } from '../grant-types.js'
import { parseGrants } from '../grants.js'
import { anyGrants, attempts, requestOf, sharedArnGrants } from '../testing/arbitraries.js'
import { documentsOf } from '../testing/forms.js'
import { isTakenByAws, judge } from '../testing/judge.js'
import { type Mutant, mutantsOf } from '../testing/mutants.js'
import { usualRole } from '../testing/role.js'
import { clientIdPrefix } from '../user-id.js'
import { prove } from './prove.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const users = ['alice', 'u1', 'a/#', '*', '$', 'é', 'x:topic/', 'x'.repeat(70)]

interface Compiled {
  readonly grants: Grants
  readonly userId: string
  readonly session: string
}

/** The policy of the compiler for random grants, in one of its forms. */
const compiled = fc
  .tuple(fc.oneof(anyGrants, sharedArnGrants), fc.constantFrom(...users), fc.nat(2))
  .map(([grants, userId, pick]): Compiled | undefined => {
    const documents = Object.values(documentsOf(grants, userId))
    const session = documents[pick % documents.length]
    return session === undefined ? undefined : { grants, userId, session }
  })
  .filter((one) => one !== undefined)

/** The counterexample as a request for the evaluator and `explain`; undefined if it concerns no grant. */
function requestFor(action: string, name: string): AccessRequest | undefined {
  if (action === 'iot:Connect') return { action: 'connect', clientId: name }
  if (action === 'iot:Publish') return { action: 'publish', topic: name }
  if (action === 'iot:Receive') return { action: 'receive', topic: name }
  if (action === 'iot:Subscribe') return { action: 'subscribe', filter: name }
  return undefined
}

/** Compares the prover's result for a changed policy with the evaluator of the stand-in, also for random requests. */
function confirm({ grants, userId, session }: Compiled, { policy, what }: Mutant, tries: readonly AccessRequest[]) {
  const proof = prove({ role: usualRole, session: policy }, grants, userId)
  const iamAllows = judge(policy)
  if ('undecided' in proof) throw new Error(`undecided: ${what} of ${session}`)
  if (!proof.equal) {
    const request = requestFor(proof.action, proof.name)
    // The evaluator implements only one reading.
    if (request && proof.reading.starsCrossColons && proof.reading.typesMayBeWild) {
      const answer = { allowed: iamAllows(request), granted: explain(grants, { userId }, request).allowed }
      expect({ what, request, ...answer }).toEqual({ what, request, allowed: proof.allowed, granted: proof.granted })
    }
    return 'noticed'
  }
  for (const request of tries) {
    if (!isTakenByAws(request)) continue
    const allowed = iamAllows(request)
    if (allowed === explain(grants, { userId }, request).allowed) continue
    throw new Error(`proved, but IAM decides ${allowed} for ${JSON.stringify(request)}: ${what} of ${session}`)
  }
  return 'equal'
}

describe(`the prover, on random grants (SEED=${seed})`, () => {
  it('proves every policy of the compiler, in each form', () => {
    const tally = { policies: 0, states: 0, most: 0 }
    const property = fc.property(compiled, ({ grants, userId, session }) => {
      const proof = prove({ role: usualRole, session }, grants, userId)
      tally.policies++
      tally.states += proof.states
      tally.most = Math.max(tally.most, proof.states)
      if (!('equal' in proof && proof.equal)) throw new Error(`${JSON.stringify(proof)} ${userId} ${session}`)
    })
    fc.assert(property, { seed, numRuns: 500 })
    process.stderr.write(`proof, SEED=${seed}: ${JSON.stringify(tally)}\n`)
  }, 120_000)

  it('proves the dense form of a level of 250 equal characters beside many wildcards', () => {
    const grants = parseGrants({
      publish: ['/+/c'],
      subscribe: ['a/b/b/+', `${'l'.repeat(250)}/$aws`, 'b/+/+/a/+/c/+/a', '/+/c'],
      retain: ['a/b/a/😀/x:topic'],
    })
    const { dense } = documentsOf(grants, 'alice')
    const proof = prove({ role: usualRole, session: dense }, grants, 'alice', { limit: 50_000 })
    expect(proof).toMatchObject({ equal: true })
  })

  it('agrees with the evaluator of the stand-in on changed policies', () => {
    const tally = { noticed: 0, equal: 0 }
    const property = fc.property(compiled, attempts, fc.nat(), (one, tries, pick) => {
      const mutants = mutantsOf(one.session)
      const requests = tries.map((attempt) => requestOf(one.grants, clientIdPrefix(one.userId), attempt))
      tally[confirm(one, mutants[pick % mutants.length] as Mutant, requests)]++
    })
    fc.assert(property, { seed, numRuns: 500 })
    process.stderr.write(`changed policies, SEED=${seed}: ${JSON.stringify(tally)}\n`)
    expect(tally.equal).toBe(0)
  }, 120_000)
})
