import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { packedPolicySize } from './packed-policy.js'

interface Case {
  readonly what: string
  readonly percent: number
  readonly policy?: object
  readonly policyArns?: readonly string[]
  readonly tags?: Readonly<Record<string, string>>
}

/** As random as the published one, and always the same. */
const path = Array.from({ length: 15 }, (_, index) => createHash('md5').update(String(index)).digest('hex')).join('/')

const published = JSON.parse(
  readFileSync(new URL('../../src/sts/packed-policy.cases.json', import.meta.url), 'utf8').replaceAll('{path}', path),
) as readonly Case[]

describe('the packed size', () => {
  it.each(published)('$percent % was published: $what', ({ percent, policy, policyArns = [], tags = {} }) => {
    const content = { policy: policy && JSON.stringify(policy, null, 4), policyArns, tags }
    const [low, high] = (['low', 'high'] as const).map((estimate) => packedPolicySize(content, estimate) ?? 0)
    // Published figures are whole percents.
    expect(low).toBeLessThanOrEqual(percent + 1)
    expect(high).toBeGreaterThanOrEqual(percent - 1)
    expect(packedPolicySize(content, 'off')).toBeUndefined()
  })

  it('is none where there is nothing to pack', () => {
    expect(packedPolicySize({ policy: undefined, policyArns: [], tags: {} }, 'high')).toBeUndefined()
  })
})
