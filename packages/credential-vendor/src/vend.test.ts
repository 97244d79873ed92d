import { describe, expect, it, jest } from '@jest/globals'
import { encodeUserId, parseEntitlements, parseVendRequest, sessionPolicyLimit } from '@topic-credentials/grants'
import fc from 'fast-check'
import { VendError } from './errors.js'
import type { AssumeRole } from './sts/assume-role.js'
import { type Vendor, vend } from './vend.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(120_000)

const entitlements = parseEntitlements({
  entitlements: [
    { publish: ['test'], subscribe: ['test'] },
    { publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] },
    { when: { 'claims.groups': 'operators' }, subscribe: ['devices/+/telemetry'] },
  ],
})

const anything = parseEntitlements({ entitlements: [{ publish: ['#'], subscribe: ['#'] }] })

function testVendor(rules = entitlements, spreadSeconds?: number) {
  const assumeRole = jest.fn<AssumeRole>(async () => ({
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token',
    expiration: new Date('2026-11-23T17:00:00Z'),
    packedPolicySize: 12,
  }))
  const vendor: Vendor & { dense: boolean } = {
    roleArn: 'arn:aws:iam::123456789012:role/sts-sample-role',
    partition: 'aws',
    endpoint: 'x-ats.iot.eu-west-1.amazonaws.com',
    region: 'eu-west-1',
    accountId: '123456789012',
    dense: true,
    spreadSeconds,
    entitlements: rules,
    assumeRole,
  }
  const ask = (userId: string, body: unknown = {}, claims = {}) =>
    vend({ userId, claims }, parseVendRequest(body), vendor)
  return { assumeRole, ask, vendor, asked: () => assumeRole.mock.calls.map(([request]) => request) }
}

describe('vend', () => {
  it('returns the form of the policy, and never uses the dense form if it is disabled', async () => {
    const { ask, vendor } = testVendor(anything)
    const topics = Array.from({ length: 24 }, (_, index) => `site/hall/line/${index}/sensor`)
    const form = async (count: number) => {
      const given = topics.slice(0, count)
      return (await ask('alice', { publish: given, subscribe: given })).policyForm
    }
    expect([await form(1), await form(14), await form(24)]).toEqual(['full', 'short', 'dense'])
    vendor.dense = false
    await expect(form(24)).rejects.toMatchObject({ code: 'policy_too_large', excess: expect.any(Number) })
  })

  it('makes the same suggestions for a policy that STS cannot pack as for one that is too long', async () => {
    const { ask, assumeRole } = testVendor(anything)
    assumeRole.mockRejectedValue(
      new VendError('policy_too_large', 'STS cannot pack these grants into one session.', {
        remedy: 'Ask for less.',
        cause: new Error('PackedPolicyTooLarge: Packed size of session policy consumes 130% of allotted space.'),
      }),
    )
    const publish = Array.from({ length: 8 }, (_, index) => `a/${String(index).repeat(20)}`)
    await expect(ask('alice', { publish })).rejects.toMatchObject({
      name: 'GrantError',
      code: 'policy_too_large',
      message: expect.stringContaining('130 percent'),
      suggestion: { publish: ['a/+'], subscribe: [], retain: [] },
    })
  })

  it('returns a response of the wire contract', async () => {
    const { ask } = testVendor()
    await expect(ask('alice', { subscribe: ['test'] })).resolves.toEqual({
      credentials: {
        accessKeyId: 'ASIA',
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: '2026-11-23T17:00:00.000Z',
      },
      endpoint: 'x-ats.iot.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      userId: 'alice',
      clientIdPrefix: 'alice:',
      grants: { publish: [], subscribe: ['test'], retain: [] },
      policyCharacters: expect.any(Number),
      policyForm: 'full',
      packedPolicySize: 12,
    })
  })

  it('returns spreadSeconds if the operator has set it', async () => {
    await expect(testVendor(entitlements, 2_200).ask('alice')).resolves.toMatchObject({ spreadSeconds: 2_200 })
    await expect(testVendor().ask('alice')).resolves.not.toHaveProperty('spreadSeconds')
  })

  it('calls STS once, with the role, the session name of the user and the reported policy', async () => {
    const { ask, asked } = testVendor()
    const { policyCharacters } = await ask('alice', { subscribe: ['test'], durationSeconds: 900 })
    const [request] = asked()
    expect(asked()).toHaveLength(1)
    expect(request).toMatchObject({
      roleArn: 'arn:aws:iam::123456789012:role/sts-sample-role',
      sessionName: 'alice',
      durationSeconds: 900,
    })
    expect(request?.policy).toHaveLength(policyCharacters)
    expect(JSON.parse(request?.policy ?? '')).toHaveProperty('Statement')
  })

  it('vends all grants of the user for an hour if the request names none', async () => {
    const { ask, asked } = testVendor()
    const { grants } = await ask('alice')
    expect(grants).toEqual({ publish: ['test', 'users/alice/#'], subscribe: ['test', 'users/alice/#'], retain: [] })
    expect(asked()[0]?.durationSeconds).toBe(3600)
  })

  it('evaluates claims', async () => {
    const { ask } = testVendor()
    const operator = { groups: ['staff', 'operators'] }
    const request = { subscribe: ['devices/7/telemetry'] }
    await expect(ask('alice', request, operator)).resolves.toMatchObject({ grants: request })
    await expect(ask('alice', request, { groups: ['staff'] })).rejects.toMatchObject({ code: 'not_entitled' })
  })

  it.each([
    ['another topic', { subscribe: ['other'] }, [{ kind: 'subscribe', filter: 'other' }]],
    ['more than a topic', { subscribe: ['#'] }, [{ kind: 'subscribe', filter: '#' }]],
    ['the neighbour', { publish: ['test', 'users/bob/x'] }, [{ kind: 'publish', filter: 'users/bob/x' }]],
    ['a right that is not there', { publish: ['test'], retain: ['test'] }, [{ kind: 'retain', filter: 'test' }]],
    ['a topic called *', { subscribe: ['*'] }, [{ kind: 'subscribe', filter: '*' }]],
    ['a topic called ?', { subscribe: ['tes?'] }, [{ kind: 'subscribe', filter: 'tes?' }]],
    ['a topic called like a variable', { publish: ['${aws:userid}'] }, [{ kind: 'publish', filter: '${aws:userid}' }]],
    ['topics of a user with the name *', { publish: ['users/*/x'] }, [{ kind: 'publish', filter: 'users/*/x' }]],
  ])('refuses %s without a call of STS', async (_, request, missing) => {
    const { ask, assumeRole } = testVendor()
    await expect(ask('alice', request)).rejects.toMatchObject({ code: 'not_entitled', extras: { grants: missing } })
    expect(assumeRole).not.toHaveBeenCalled()
  })

  it('lists the granted topics in a refusal', async () => {
    await expect(testVendor().ask('alice', { subscribe: ['other'] })).rejects.toMatchObject({
      message: 'Subscribing to "other" is not granted; the nearest grant is subscribe "test".',
      extras: { remedy: expect.stringContaining('publish test users/alice/#; subscribe test users/alice/#') },
    })
  })

  it('refuses a user without grants', async () => {
    const nobody = parseEntitlements({ entitlements: [{ when: { userId: 'bob' }, publish: ['test'] }] })
    const { ask, assumeRole } = testVendor(nobody)
    await expect(ask('alice')).rejects.toMatchObject({ code: 'no_grants' })
    expect(assumeRole).not.toHaveBeenCalled()
    await expect(ask('bob')).resolves.toMatchObject({ userId: 'bob' })
  })

  it.each([
    ['a slash', 'a/b'],
    ['a plus', 'a+b'],
    ['a hash', '#'],
    ['a null character', 'a\0b'],
    ['a dollar in front', '$aws'],
  ])('a user ID with %s adds no level or wildcard', async (_, userId) => {
    const { ask, assumeRole } = testVendor()
    await expect(ask(userId)).resolves.toMatchObject({
      grants: { publish: ['test'], subscribe: ['test'], retain: [] },
      dropped: [{ rule: 'entitlements[1]', reason: expect.stringContaining('userId is') }],
    })
    await expect(ask(userId, { publish: ['test'] })).resolves.toMatchObject({ grants: { publish: ['test'] } })
    assumeRole.mockClear()
    await expect((async () => ask(userId, { publish: [`users/${userId}/x`] }))()).rejects.toBeDefined()
    expect(assumeRole).not.toHaveBeenCalled()
  })

  it.each(['*', '?', 'a${aws:userid}', 'a${*}', 'a:b'])('a user ID %s reaches only its own topics', async (userId) => {
    const { ask, asked } = testVendor()
    await expect(ask(userId)).resolves.toMatchObject({ userId, clientIdPrefix: `${encodeUserId(userId)}:` })
    // The only unescaped wildcards and variables come from the # of the filters and the end of the client ID.
    const bare = (asked()[0]?.policy ?? '').replaceAll(/\$\{[*?$]\}/gu, '')
    expect(bare).not.toMatch(/\?|\$\{/u)
    await expect(ask(userId, { publish: ['users/alice/x'] })).rejects.toMatchObject({ code: 'not_entitled' })
  })

  it('vends nothing and gives the reason if no rule can be applied', async () => {
    const { ask, assumeRole } = testVendor(parseEntitlements({ entitlements: [{ publish: ['users/${userId}/#'] }] }))
    await expect(ask('a/b')).rejects.toMatchObject({
      code: 'unusable_claim',
      message: expect.stringContaining('entitlements[0].publish[0]: userId is "a/b"'),
      remedy: expect.stringContaining('${encodedUserId}'),
    })
    expect(assumeRole).not.toHaveBeenCalled()
    await expect(ask('ab')).resolves.toMatchObject({ userId: 'ab' })
  })

  it('names the conflicting rules for the operator, and vends each of them separately', async () => {
    // Only a caller with the claim value "b" has this conflict, so the synthesis cannot find it.
    const rules = parseEntitlements({
      entitlements: [{ publish: ['t/${claims.a}/+'] }, { publish: ['t/b/c/d'] }, { publish: ['test'] }],
    })
    const { ask, assumeRole } = testVendor(rules)
    await expect(ask('alice', {}, { a: 'b' })).rejects.toMatchObject({
      code: 'inexpressible_grants',
      message: expect.stringContaining('do not fit one session policy'),
      remedy: expect.stringMatching(/^Operator: change entitlements\[0\] and entitlements\[1\]/u),
    })
    expect(assumeRole).not.toHaveBeenCalled()
    await expect(ask('alice', { publish: ['test'] }, { a: 'b' })).resolves.toBeDefined()
    await expect(ask('alice', {}, { a: 'x' })).resolves.toBeDefined()
  })

  it('vends nothing if the policy cannot be compiled', async () => {
    const publish = Array.from({ length: 30 }, (_, index) => `${'x'.repeat(100)}${index}`)
    const { ask, assumeRole } = testVendor(parseEntitlements({ entitlements: [{ publish }] }))
    await expect(ask('alice')).rejects.toMatchObject({ code: 'policy_too_large' })
    expect(assumeRole).not.toHaveBeenCalled()
    await expect(ask('alice', { publish: publish.slice(0, 2) })).resolves.toMatchObject({ userId: 'alice' })
  })

  it('never calls STS without a session policy, and never twice', async () => {
    const userId = fc.string({ unit: 'binary', minLength: 1, maxLength: 80 })
    const filter = fc.oneof(
      fc.constantFrom('test', 'users/alice/x', '#', '*', 'users/+/x'),
      fc.string({ unit: 'binary' }),
    )
    const body = fc.record(
      { publish: fc.array(filter, { maxLength: 3 }), subscribe: fc.array(filter, { maxLength: 3 }) },
      { requiredKeys: [] },
    )
    await fc.assert(
      fc.asyncProperty(userId, body, async (user, wanted) => {
        const { ask, asked } = testVendor()
        await (async () => ask(user, wanted))().catch(() => undefined)
        for (const { policy, sessionName } of asked()) {
          expect(policy.length).toBeLessThanOrEqual(sessionPolicyLimit)
          expect((JSON.parse(policy) as { Statement: unknown[] }).Statement.length).toBeGreaterThan(0)
          expect(sessionName).toMatch(/^[\w+=,.@-]{2,64}$/u)
        }
        expect(asked().length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 2000 },
    )
  })
})
