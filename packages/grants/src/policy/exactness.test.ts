import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { explain } from '../explain.js'
import type { Grants } from '../grant-types.js'
import type { PolicyForm } from '../policy-form.js'
import { anyGrants, attempts, requestOf, sharedArnGrants } from '../testing/arbitraries.js'
import { documentsOf } from '../testing/forms.js'
import { isTakenByAws, judge } from '../testing/judge.js'
import { clientIdPrefix } from '../user-id.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const users = ['alice', 'u1', 'a/#', '*', '$', 'é', 'x:topic/']

interface Tally {
  requests: number
  allowed: number
  documents: number
  refused: number
}

/** Compiles random grants and compares IAM with `explain` on random requests: they must agree on every name that AWS IoT accepts. */
function holdAgainstIam(form: PolicyForm, grantsOf: fc.Arbitrary<Grants>, numRuns: number): Tally {
  const tally = { requests: 0, allowed: 0, documents: 0, refused: 0 }
  const compiled = fc
    .tuple(grantsOf, fc.constantFrom(...users))
    .map(([grants, userId]) => {
      const prefix = clientIdPrefix(userId)
      return {
        grants,
        userId,
        prefix,
        document: documentsOf(grants, userId)[form],
      }
    })
    .filter(({ document }) => {
      if (document === undefined) tally.refused++
      return document !== undefined
    })
  const property = fc.property(compiled, attempts, ({ grants, userId, prefix, document = '' }, tries) => {
    tally.documents++
    expect(document).toMatch(/^[\u0020-\u00ff]*$/u)
    const iamAllows = judge(document)
    for (const attempt of tries) {
      const request = requestOf(grants, prefix, attempt)
      const { allowed, reason } = explain(grants, { userId }, request)
      tally.requests++
      if (!isTakenByAws(request)) {
        if (allowed) throw new Error(`explain allows a name that AWS IoT does not accept: ${JSON.stringify(request)}`)
      } else if (iamAllows(request) !== allowed) {
        throw new Error(`IAM says ${!allowed} to ${JSON.stringify(request)}; explain: ${reason} ${document}`)
      }
      if (allowed) tally.allowed++
    }
  })
  fc.assert(property, { seed, numRuns })
  process.stderr.write(`exactness, ${form} form, SEED=${seed}: ${JSON.stringify(tally)}\n`)
  return tally
}

describe(`the compiled policy and explain allow the same requests (SEED=${seed})`, () => {
  it.each([
    { form: 'full' as const, grants: anyGrants, runs: 850, requests: 50_000 },
    { form: 'short' as const, grants: anyGrants, runs: 1700, requests: 100_000 },
    { form: 'dense' as const, grants: sharedArnGrants, runs: 850, requests: 50_000 },
  ])('in the $form form, for at least $requests random requests', ({ form, grants, runs, requests }) => {
    const tally = holdAgainstIam(form, grants, runs)
    expect(tally.requests).toBeGreaterThanOrEqual(requests)
    expect(tally.allowed / tally.requests).toBeGreaterThan(0.1)
  })
})
