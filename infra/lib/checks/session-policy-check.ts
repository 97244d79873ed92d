import { type ObjectExpression, type Property, parse } from 'acorn'
import { simple } from 'acorn-walk'
import { type Check, record, text } from './template.js'
import { functionsWith, vendors } from './topic-roles.js'

/**
 * Reads the code that is shipped. Wherever it names a session, which is what `AssumeRole` is asked with, it must give a policy
 * there, and one that is made at that moment. It finds what was forgotten, not what was hidden: what a session can really
 * do is for the deploy check to prove.
 */
export const sessionPolicyPassed: Check = {
  name: 'session-policy-passed',
  description: 'A vending function may ask for sessions without a session policy',
  fix: 'Pass Policy in the same object literal as RoleSessionName, from a variable or a call; ship the function as JavaScript in a file asset.',
  find: (template, code) =>
    vendors(template).flatMap((vendor) =>
      functionsWith(vendor, template).flatMap((logicalId) => {
        const { Code, Handler } = template.Resources?.[logicalId]?.Properties ?? {}
        const hash = /([0-9a-f]{64})\.zip$/u.exec(text(record(Code).S3Key))?.[1] ?? ''
        const source = code(hash, text(Handler).replace(/\.[^.]*$/u, ''))
        const found = source === undefined ? ['its code is not in this assembly'] : flaws(source)
        return found.map((flaw) => ({ logicalId, location: 'Properties.Code', found: flaw }))
      }),
    ),
}

/** What is wrong with how a program asks for sessions. */
export function flaws(source: string): string[] {
  const requests: ObjectExpression[] = []
  try {
    simple(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }), {
      ObjectExpression: (node) => {
        if (propertyOf(node, 'RoleSessionName') !== undefined) requests.push(node)
      },
    })
  } catch (error) {
    return [`its code cannot be read: ${String(error)}`]
  }
  if (requests.length === 0) return ['its code names no session, so it cannot be seen how it asks for one']
  return requests.flatMap((request) => flawOf(request) ?? [])
}

function flawOf(request: ObjectExpression): string | undefined {
  if (request.properties.some(({ type }) => type === 'SpreadElement')) return 'a spread may replace the policy'
  const policy = propertyOf(request, 'Policy')?.value
  if (policy === undefined) return 'RoleSessionName without Policy'
  if (['Identifier', 'MemberExpression', 'CallExpression'].includes(policy.type)) {
    return policy.type === 'Identifier' && policy.name === 'undefined' ? 'Policy is undefined' : undefined
  }
  return `Policy is the same for everybody, or not always there (${policy.type})`
}

function propertyOf({ properties }: ObjectExpression, name: string): Property | undefined {
  return properties.find((property): property is Property => {
    if (property.type !== 'Property' || property.computed) return false
    const { key } = property
    return key.type === 'Identifier' ? key.name === name : key.type === 'Literal' && key.value === name
  })
}
