import { describe, expect, it, jest } from '@jest/globals'
import type { AssumeRole } from './assume-role.js'
import { cachedFor } from './sts-session-cache.js'

const alice = { roleArn: 'role', sessionName: 'alice', policy: '{"a":1}', durationSeconds: 3600 }

function stage(seconds: number) {
  let count = 0
  let now = 0
  const sts = jest.fn<AssumeRole>(async () => {
    count += 1
    return {
      accessKeyId: `ASIA${count}`,
      secretAccessKey: 's',
      sessionToken: 't',
      expiration: new Date(0),
      packedPolicySize: 1,
    }
  })
  const cached = cachedFor(seconds, sts, () => now)
  const ask = async (changes: Partial<typeof alice> = {}) => (await cached({ ...alice, ...changes })).accessKeyId
  return { sts, ask, pass: (time: number) => (now += time * 1000) }
}

describe('cachedFor', () => {
  it('calls STS for each request if it is disabled', async () => {
    const { ask } = stage(0)
    expect([await ask(), await ask()]).toEqual(['ASIA1', 'ASIA2'])
  })

  it('returns the same session for the same request until it expires', async () => {
    const { ask, pass } = stage(30)
    expect([await ask(), await ask()]).toEqual(['ASIA1', 'ASIA1'])
    pass(29.999)
    expect(await ask()).toBe('ASIA1')
    pass(0.001)
    expect(await ask()).toBe('ASIA2')
  })

  it.each([
    ['user', { sessionName: 'bob' }],
    ['policy', { policy: '{"a":2}' }],
    ['duration', { durationSeconds: 900 }],
    ['role', { roleArn: 'other' }],
  ])('never returns the session of another %s', async (_, other) => {
    const { ask } = stage(30)
    expect([await ask(), await ask(other), await ask()]).toEqual(['ASIA1', 'ASIA2', 'ASIA1'])
  })

  it('calls STS once for concurrent requests', async () => {
    const { ask, sts } = stage(30)
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['ASIA1', 'ASIA1', 'ASIA1'])
    expect(sts).toHaveBeenCalledTimes(1)
  })

  it('does not cache failures', async () => {
    const { ask, sts } = stage(30)
    sts.mockRejectedValueOnce(new Error('throttled'))
    await expect(ask()).rejects.toThrow('throttled')
    expect(await ask()).toBe('ASIA1')
  })

  it('caches at most 1,000 sessions', async () => {
    const { ask, sts } = stage(300)
    for (let user = 0; user <= 1000; user++) await ask({ sessionName: `user${user}` })
    await ask({ sessionName: 'user1000' })
    expect(sts).toHaveBeenCalledTimes(1001)
    await ask({ sessionName: 'user0' })
    expect(sts).toHaveBeenCalledTimes(1002)
  })
})
