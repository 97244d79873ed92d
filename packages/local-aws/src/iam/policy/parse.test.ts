import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { fuzz, fuzzTimeout } from '../../testing/fuzz.js'
import table from '../cases/validation.cases.json' with { type: 'json' }
import { evaluate, MalformedPolicyDocumentError, type PolicyKind, parsePolicyDocument } from '../index.js'

const cases = table.cases.flatMap(({ kinds, ...rest }) => kinds.map((kind) => ({ ...rest, kind: kind as PolicyKind })))

describe(table.subject, () => {
  it.each(cases)('$kind: $clause', ({ kind, document, text, message }) => {
    const sources: unknown[] = text === undefined ? [document, JSON.stringify(document)] : [text]
    for (const source of sources) {
      const read = () => parsePolicyDocument(source, kind)
      if (message !== null) {
        expect(read).toThrow(MalformedPolicyDocumentError)
        expect(read).toThrow(message)
        continue
      }
      const parsed = read()
      expect(parsePolicyDocument(parsed, kind)).toBe(parsed)
      expect(parsePolicyDocument(structuredClone(parsed), kind)).toEqual(parsed)
    }
  })

  it('an object is judged anew as another kind', () => {
    const identity = parsePolicyDocument({ Statement: { Effect: 'Allow', Action: 'sts:*', Resource: '*' } }, 'identity')
    expect(() => parsePolicyDocument(identity, 'trust')).toThrow('Has prohibited field Resource')
  })
})

describe('whatever comes in', () => {
  const document = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'a',
        Effect: 'Allow',
        Action: ['iot:Publish', 'iot:Re?eive'],
        Resource: ['arn:aws:iot:*:*:topic/${aws:userid}/*', '*'],
        Condition: { 'ForAllValues:StringLikeIfExists': { 'aws:TagKeys': ['a*', '${aws:userid}'] } },
      },
    ],
  }
  const text = JSON.stringify(document)

  /** Each input is either refused with MalformedPolicyDocumentError, or is a document that can be evaluated. */
  const survives = (source: unknown, kind: PolicyKind) => {
    try {
      parsePolicyDocument(source, kind)
    } catch (error) {
      if (error instanceof MalformedPolicyDocumentError) return false
      throw error
    }
    const named = [{ name: 'fuzzed', document: source }]
    const request = {
      action: 'iot:Publish',
      resource: 'arn:aws:iot:eu-west-1:123456789012:topic/u/a',
      context: { 'aws:userid': 'u' },
    }
    const policies = kind === 'session' ? { identity: [], session: named } : { identity: named }
    const { outcome } = evaluate(request, policies)
    return outcome.length > 0
  }
  const kinds = fc.constantFrom<PolicyKind>('identity', 'session')
  const campaign = { subject: 'policy documents', properties: 4 }
  const limit = fuzzTimeout(campaign)

  it(
    'survives any value',
    async () => {
      await fuzz(
        campaign,
        fc.property(fc.anything({ withNullPrototype: true }), kinds, (value, kind) => void survives(value, kind)),
      )
    },
    limit,
  )

  it(
    'survives any text, and any JSON',
    async () => {
      await fuzz(
        campaign,
        fc.property(
          fc.oneof(fc.string({ unit: 'binary' }), fc.json()),
          kinds,
          (value, kind) => void survives(value, kind),
        ),
      )
    },
    limit,
  )

  it(
    'survives a policy with a piece cut out, doubled or replaced',
    async () => {
      expect(survives(text, 'session')).toBe(true)
      const piece = fc.oneof(
        fc.constant(''),
        fc.string({ maxLength: 4, unit: 'binary' }),
        fc.constantFrom('{', '}', '[]', '"', '\\', ':', '${', '*', ','),
      )
      await fuzz(
        campaign,
        fc.property(fc.nat(text.length), fc.nat(12), piece, fc.boolean(), kinds, (at, length, put, doubled, kind) => {
          const cut = text.slice(at, at + length)
          void survives(text.slice(0, at) + (doubled ? cut + cut : put) + text.slice(at + length), kind)
        }),
      )
    },
    limit,
  )

  it(
    'survives any strings in the right places, and matching them ends',
    async () => {
      const words = fc.array(
        fc.oneof(fc.string(), fc.stringMatching(/^(arn:aws:iot:|\*|\?|\$\{|\}|:|a|\$\{\*\}){0,12}$/u)),
        { maxLength: 4 },
      )
      const statement = fc.record(
        {
          Effect: fc.constantFrom('Allow', 'Deny'),
          Action: fc.constantFrom('iot:*', '*', ['iot:Pu?lish']),
          Resource: words.map((all) => all.map((word) => `arn:aws:iot:${word}:*:topic/${word}`)),
          Condition: fc.dictionary(
            fc.constantFrom(
              'StringLike',
              'ArnLike',
              'IpAddress',
              'DateLessThan',
              'NumericEquals',
              'ForAnyValue:StringNotLike',
              'Null',
              'Bool',
            ),
            fc.record({ 'aws:userid': words }),
          ),
        },
        { requiredKeys: ['Effect', 'Action', 'Resource'] },
      )
      let accepted = 0
      await fuzz(
        campaign,
        fc.property(fc.array(statement, { minLength: 1, maxLength: 3 }), (Statement) => {
          if (survives({ Version: '2012-10-17', Statement }, 'identity')) accepted++
        }),
      )
      expect(accepted).toBeGreaterThan(100)
    },
    limit,
  )
})
