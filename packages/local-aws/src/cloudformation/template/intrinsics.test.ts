import { describe, expect, it } from '@jest/globals'
import { RealisationError } from '../errors.js'
import table from './intrinsics.cases.json' with { type: 'json' }
import { resolveValue } from './intrinsics.js'
import type { Scope } from './scope.js'

const attributes: Record<string, string> = { 'Thing.Arn': 'arn:thing', 'Thing.Nested.Name': 'nested' }

const scope: Scope = {
  template: {
    Resources: {},
    Parameters: {
      Given: { Type: 'String' },
      Defaulted: { Type: 'String', Default: 'default value' },
      List: { Type: 'CommaDelimitedList', Default: 'a, b' },
      Unset: { Type: 'String' },
      FromSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/a/b' },
    },
    Mappings: { Runtimes: { 'eu-west-1': { value: 'nodejs24.x' } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      All: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['a', 'a'] }] },
      None: { 'Fn::Or': [{ Condition: 'No' }, { 'Fn::Equals': ['a', 'b'] }] },
      Referred: { Condition: 'All' },
      Circle: { 'Fn::Not': [{ Condition: 'Back' }] },
      Back: { Condition: 'Circle' },
    },
  },
  pseudo: { accountId: '111122223333', region: 'eu-west-1', stackName: 'Test', stackId: 'arn:stack' },
  parameters: { Given: 'given value' },
  exports: new Map([['shared', 'from another stack']]),
  ref: (logicalId) => (logicalId === 'Thing' ? 'thing-ref' : undefined),
  getAtt: (logicalId, attribute) => {
    const found = attributes[`${logicalId}.${attribute}`]
    if (found === undefined) throw new RealisationError('template', `${logicalId}.${attribute}`)
    return found
  },
}

describe('resolveValue', () => {
  it.each(table.resolved)('$value', ({ value, is }) => {
    expect(resolveValue(value, scope)).toEqual(is)
  })

  it.each(table.refused)('refuses $value', ({ value, code, says }) => {
    expect(() => resolveValue(value, scope)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(says) }),
    )
  })
})
