import { describe, expect, it } from '@jest/globals'
import table from '../cases/trust.cases.json' with { type: 'json' }
import type { ConditionContext } from '../conditions/context.js'
import { authorizeByTrust, authorizeService, type PolicySet, type Principal } from '../index.js'

interface Case {
  readonly source: string
  readonly clause: string
  readonly caller: string
  readonly trust: readonly object[]
  readonly identity?: readonly object[]
  readonly session?: readonly object[]
  readonly boundary?: readonly object[]
  readonly action?: string
  readonly context?: ConditionContext
  readonly outcome: string
  readonly policy?: string
}

const now = Date.parse('2026-03-04T05:06:07Z')
const target = 'arn:aws:iam::123456789012:role/target'
function document(Statement: readonly object[]) {
  return { Version: '2012-10-17', Statement }
}

function callerOf({ caller, identity = [], session, boundary }: Case): Principal {
  const layer = (name: string, statements: readonly object[]) =>
    statements.length > 0 ? [{ name, document: document(statements) }] : []
  const policies: PolicySet = {
    identity: layer('identity', identity),
    ...(session && { session: layer('session', session) }),
    ...(boundary && { boundary: layer('boundary', boundary) }),
  }
  const common = { accountId: '123456789012', clock: { now: () => now }, policies: () => policies }
  if (caller === 'user') {
    const arn = 'arn:aws:iam::123456789012:user/bob'
    return { ...common, type: 'User', arn, userId: 'AIDAEXAMPLEEXAMPLE123', issuerArn: arn, tags: {} }
  }
  return {
    ...common,
    type: 'AssumedRole',
    arn: 'arn:aws:sts::123456789012:assumed-role/dev/alice',
    userId: 'AROAEXAMPLEEXAMPLE123:alice',
    issuerArn: 'arn:aws:iam::123456789012:role/dev',
    tags: { team: 'red' },
    sourceIdentity: 'alice',
    issuedAt: now,
  }
}

describe(table.subject, () => {
  it.each(table.cases as unknown as readonly Case[])('$clause: $outcome', (one) => {
    const request = {
      action: one.action ?? 'sts:AssumeRole',
      resource: target,
      ...(one.context && { context: one.context }),
    }
    const decision = authorizeByTrust(callerOf(one), request, { name: 'trust', document: document(one.trust) })
    expect(decision).toMatchObject({ outcome: one.outcome, ...(one.policy && { policy: one.policy }) })
  })
})

describe('an AWS service', () => {
  const may = (...statements: object[]) =>
    authorizeService(
      'lambda.amazonaws.com',
      { action: 'sts:AssumeRole', resource: target },
      { name: 'trust', document: document(statements) },
    ).outcome
  const statement = (Principal: unknown, Effect = 'Allow') => ({ Effect, Principal, Action: 'sts:AssumeRole' })

  it('may assume a role that trusts it, and no other', () => {
    expect(may(statement({ Service: 'lambda.amazonaws.com' }))).toBe('Allowed')
    expect(may(statement({ Service: ['iot.amazonaws.com', 'lambda.amazonaws.com'] }))).toBe('Allowed')
    expect(may(statement({ Service: 'iot.amazonaws.com' }))).toBe('ImplicitlyDenied')
    expect(may(statement({ AWS: '123456789012' }))).toBe('ImplicitlyDenied')
    const denied = statement({ Service: 'lambda.amazonaws.com' }, 'Deny')
    expect(may(statement({ Service: 'lambda.amazonaws.com' }), denied)).toBe('ExplicitlyDenied')
  })
})
