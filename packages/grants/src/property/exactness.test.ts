import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compile } from '../compile.js'
import { explain } from '../explain.js'
import type { Grants } from '../grants.js'
import { clientIdPrefix } from '../user-id.js'
import { anyGrants, attempts, doubleGrants, requestOf } from './arbitraries.js'
import { isTakenByAws, judge } from './judge.js'

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const users = ['alice', 'u1', 'a/#', '*', '$', 'é', 'x:topic/']

interface Tally {
  requests: number
  allowed: number
  refused: number
  plain: number
  dense: number
}

/** Compiles random grants and asks random things of IAM and of `explain`; they must agree on every name that AWS IoT takes. */
function holdAgainstIam(grantsOf: fc.Arbitrary<Grants>, limit: number, numRuns: number): Tally {
  const tally = { requests: 0, allowed: 0, refused: 0, plain: 0, dense: 0 }
  const property = fc.property(grantsOf, attempts, fc.constantFrom(...users), (grants, tries, userId) => {
    const scope = { partition: 'aws', clientIdPrefix: clientIdPrefix(userId) }
    const compiled = compile(grants, scope, limit)
    if (!('document' in compiled)) {
      tally.refused++
      return
    }
    tally[compiled.form]++
    expect(compiled.document).toMatch(/^[\u0020-\u00ff]*$/)
    const iamAllows = judge(compiled.document)
    for (const attempt of tries) {
      const request = requestOf(grants, scope.clientIdPrefix, attempt)
      const { allowed, reason } = explain(grants, { userId }, request)
      tally.requests++
      if (!isTakenByAws(request)) {
        if (allowed) throw new Error(`explain allows what AWS IoT does not take: ${JSON.stringify(request)}`)
      } else if (iamAllows(request) !== allowed) {
        throw new Error(`IAM says ${!allowed} to ${JSON.stringify(request)}; explain: ${reason} ${compiled.document}`)
      }
      if (allowed) tally.allowed++
    }
  })
  fc.assert(property, { seed, numRuns })
  return tally
}

describe(`the compiled policy allows exactly what explain allows (SEED=${seed})`, () => {
  it('in the plain form: 100,000 random requests', () => {
    const tally = holdAgainstIam(anyGrants, Number.POSITIVE_INFINITY, 5600)
    process.stderr.write(`exactness, plain form, seed ${seed}: ${JSON.stringify(tally)}\n`)
    expect(tally.requests).toBeGreaterThanOrEqual(100_000)
    expect(tally.allowed / tally.requests).toBeGreaterThan(0.1)
  })

  it('in the dense form: 50,000 random requests', () => {
    const tally = holdAgainstIam(doubleGrants, 0, 1600)
    process.stderr.write(`exactness, dense form, seed ${seed}: ${JSON.stringify(tally)}\n`)
    expect(tally.requests).toBeGreaterThanOrEqual(50_000)
    expect(tally.dense).toBeGreaterThan(600)
    expect(tally.allowed / tally.requests).toBeGreaterThan(0.1)
  })
})
