import { describe, expect, it } from '@jest/globals'
import { type AccessRequest, explain } from './explain.js'
import { covers, parseGrants } from './grants.js'

const grants = parseGrants({
  publish: ['devices/lamp/state', 'users/alice/#'],
  subscribe: ['devices/+/state', '$share/g/jobs/#'],
  retain: ['devices/lamp/state'],
})

describe('explain', () => {
  it.each<[AccessRequest, string, string]>([
    [{ action: 'publish', topic: 'devices/lamp/state' }, 'publish', 'devices/lamp/state'],
    [{ action: 'publish', topic: 'devices/lamp/state', retain: true }, 'retain', 'devices/lamp/state'],
    [{ action: 'publish', topic: 'users/alice/x/y' }, 'publish', 'users/alice/#'],
    [{ action: 'receive', topic: 'jobs/1' }, 'subscribe', '$share/g/jobs/#'],
    [{ action: 'subscribe', filter: 'devices/lamp/state' }, 'subscribe', 'devices/+/state'],
  ])('%j is allowed by %s %s', (request, kind, filter) => {
    const decision = explain(grants, { userId: 'alice' }, request)
    expect(decision).toMatchObject({ allowed: true, grant: { kind, filter } })
    expect(decision.reason).toContain(JSON.stringify(filter))
  })

  it.each<[AccessRequest, string, string]>([
    [{ action: 'publish', topic: 'devices/fan/state' }, 'publish', 'devices/lamp/state'],
    [{ action: 'publish', topic: 'users/bob/x' }, 'publish', 'users/alice/#'],
    [{ action: 'publish', topic: 'users/alice/x', retain: true }, 'retain', 'devices/lamp/state'],
    [{ action: 'subscribe', filter: 'devices/#' }, 'subscribe', 'devices/+/state'],
    [{ action: 'subscribe', filter: 'jobs/1' }, 'subscribe', '$share/g/jobs/#'],
  ])('%j is refused; nearest is %s %s', (request, kind, filter) => {
    const decision = explain(grants, { userId: 'alice' }, request)
    expect(decision).toMatchObject({ allowed: false, nearest: { kind, filter } })
    expect(decision.reason).toMatch(/is not granted; the nearest grant is/u)
  })

  it.each<[AccessRequest, RegExp]>([
    [{ action: 'publish', topic: 'a/+' }, /wildcard/u],
    [{ action: 'publish', topic: '' }, /is empty/u],
    [{ action: 'publish', topic: 'a\0' }, /null character/u],
    [{ action: 'publish', topic: 'x'.repeat(257) }, /257 bytes; the limit is 256/u],
    [{ action: 'publish', topic: '1/2/3/4/5/6/7/8/9' }, /8 slashes; the limit is 7/u],
    [{ action: 'receive', topic: 'x:topic/a' }, /":topic\/"/u],
    [{ action: 'subscribe', filter: 'a#' }, /"#"/u],
    [{ action: 'connect', clientId: 'bob:x' }, /does not begin with "alice:"/u],
    [{ action: 'connect', clientId: `alice:${'x'.repeat(123)}` }, /129 bytes; the limit is 128/u],
  ])('gives the reason why %j is refused', (request, reason) => {
    expect(explain(grants, { userId: 'alice' }, request)).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(reason),
    })
  })

  it('explains that * is not a wildcard if a grant contains one', () => {
    const starred = parseGrants({ publish: ['devices/*/state'] })
    const { reason } = explain(starred, { userId: 'alice' }, { action: 'publish', topic: 'devices/lamp/state' })
    expect(reason).toContain('"*" is an ordinary character')
    const { allowed } = explain(starred, { userId: 'alice' }, { action: 'publish', topic: 'devices/*/state' })
    expect(allowed).toBe(true)
  })

  it('reports that there is no near grant', () => {
    const decision = explain(parseGrants({}), { userId: 'alice' }, { action: 'publish', topic: 'a' })
    expect(decision).toEqual({
      allowed: false,
      reason: 'Publishing to "a" is not granted: there are no publish grants.',
    })
  })
})

describe('covers', () => {
  it('returns the missing grants of each kind', () => {
    const asked = parseGrants({
      publish: ['users/alice/x', 'admin'],
      subscribe: ['devices/lamp/state', 'jobs/#'],
      retain: ['users/alice/x'],
    })
    expect(covers(grants, asked)).toEqual({
      covered: false,
      missing: [
        { kind: 'publish', filter: 'admin' },
        { kind: 'subscribe', filter: 'jobs/#' },
        { kind: 'retain', filter: 'users/alice/x' },
      ],
    })
    expect(covers(grants, parseGrants({ publish: ['users/alice/+'], subscribe: ['$share/g/jobs/+'] }))).toEqual({
      covered: true,
    })
  })
})
