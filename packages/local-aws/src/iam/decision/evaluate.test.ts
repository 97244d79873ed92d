import { describe, expect, it } from '@jest/globals'
import action from '../cases/action.cases.json' with { type: 'json' }
import conditionNumericDate from '../cases/condition-numeric-date.cases.json' with { type: 'json' }
import conditionOther from '../cases/condition-other.cases.json' with { type: 'json' }
import conditionSets from '../cases/condition-sets.cases.json' with { type: 'json' }
import conditionString from '../cases/condition-string.cases.json' with { type: 'json' }
import layers from '../cases/layers.cases.json' with { type: 'json' }
import policyVariables from '../cases/policy-variables.cases.json' with { type: 'json' }
import resource from '../cases/resource.cases.json' with { type: 'json' }
import type { ConditionContext } from '../conditions/context.js'
import { evaluate, type NamedPolicy, type PolicySet } from '../index.js'

/** One rule of IAM, where it is written, the policies that show it, and requests with what becomes of them. */
interface Group {
  readonly source: string
  readonly clause: string
  /** `null` for a document without Version; 2012-10-17 if absent. */
  readonly version?: string | null
  /** A single identity policy … */
  readonly statements?: readonly object[]
  /** … or the statements of several policies, by layer. */
  readonly policies?: { readonly [Layer in keyof PolicySet]?: readonly (readonly object[])[] }
  readonly context?: ConditionContext
  readonly cases: readonly Case[]
}

interface Case {
  readonly outcome: string
  readonly action?: string
  readonly resource?: string
  readonly context?: ConditionContext
  /** Which statement of which policy decides, where the case is about that. */
  readonly statement?: string
  readonly policy?: string
}

const tables = [
  action,
  resource,
  policyVariables,
  conditionString,
  conditionNumericDate,
  conditionOther,
  conditionSets,
  layers,
] as unknown as readonly { readonly subject: string; readonly groups: readonly Group[] }[]

function policySet({ version, statements, policies }: Group): PolicySet {
  const named = (layer: string, all: readonly (readonly object[])[]): NamedPolicy[] =>
    all.map((Statement, index) => {
      const document = version === null ? { Statement } : { Version: version ?? '2012-10-17', Statement }
      return { name: `${layer} ${index}`, document }
    })
  const { identity = [statements ?? []], session, boundary } = policies ?? {}
  return {
    identity: named('identity', identity),
    ...(session && { session: named('session', session) }),
    ...(boundary && { boundary: named('boundary', boundary) }),
  }
}

describe.each(tables)('$subject', ({ groups }) => {
  describe.each(groups)('$clause', (group) => {
    const policies = policySet(group)
    it.each(group.cases)('%j', (expected) => {
      const context = { ...group.context, ...expected.context }
      const request = {
        action: expected.action ?? 'iot:Publish',
        resource: expected.resource ?? 'arn:aws:iot:eu-west-1:123456789012:topic/test',
      }
      const decision = evaluate({ ...request, context }, policies)
      expect(decision.outcome).toBe(expected.outcome)
      if (expected.statement) expect(decision.statement).toBe(expected.statement)
      if (expected.policy) expect(decision.policy).toBe(expected.policy)
      expect(decision.reason).toContain(`${request.action} on ${request.resource}`)
    })
  })
})
