import { isRecord } from '@topic-credentials/project'
import { type ConditionElement, parseOperator } from '../conditions/condition.js'
import { MalformedPolicyDocumentError as Malformed } from '../errors.js'
import type { PolicyDocument, PolicyKind, PolicyVersion, Statement } from './document.js'
import { checkAction, checkResource, readPrincipal } from './elements.js'
import { readJson } from './json.js'

/** STS: maximum length of an inline session policy in characters. IAM's own quotas are larger and do not count white space. */
const sessionPolicyCharacters = 2_048

const parsed = new WeakMap<object, PolicyKind>()

/**
 * Validates a policy like IAM (identity, trust) or STS (session) before storing it, and fails with AWS's message.
 *
 * @param source JSON text or the parsed object
 * @throws MalformedPolicyDocumentError
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicyDocument(source: unknown, kind: PolicyKind): PolicyDocument {
  if (typeof source === 'object' && source !== null && parsed.get(source) === kind) return source as PolicyDocument
  const document = readDocument(typeof source === 'string' ? readText(source, kind) : source, kind)
  parsed.set(document, kind)
  return document
}

function readText(text: string, kind: PolicyKind): unknown {
  if (kind === 'session') checkSessionText(text)
  return readJson(text)
}

/** STS checks these two on the parameter itself, before it parses the policy. */
function checkSessionText(text: string): void {
  if (text.length > sessionPolicyCharacters) {
    throw new Malformed(
      `The policy has ${text.length} characters; a session policy may have ${sessionPolicyCharacters}.`,
    )
  }
  const stray = /[^\t\n\r\u0020-\u00ff]/u.exec(text)
  if (stray) {
    const codePoint = (stray[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
    throw new Malformed(
      `The policy contains the character U+${codePoint}; allowed are tab, line feed, carriage return and U+0020 to U+00FF.`,
      stray[0],
    )
  }
}

function readDocument(source: unknown, kind: PolicyKind): PolicyDocument {
  const { Version, Id, Statement: statements } = fields(source, ['Version', 'Id', 'Statement'])
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw new Malformed('Policy document must be version 2012-10-17 or greater.', Version)
  }
  if (Id !== undefined && typeof Id !== 'string') throw syntaxError(Id)
  if (statements === undefined) throw syntaxError(statements)
  const list = Array.isArray(statements) ? statements : [statements]
  if (list.length === 0) throw syntaxError(statements)
  const read = list.map((statement) => readStatement(statement, kind))
  const sids = read.flatMap(({ Sid }) => (Sid ? [Sid] : []))
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index)
  if (twice !== undefined) throw new Malformed('Statement IDs (SID) in a single policy must be unique.', twice)
  const version: PolicyVersion = Version ?? '2008-10-17'
  return { Version: version, ...(Id === undefined ? {} : { Id }), Statement: read }
}

const elements = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
] as const

function readStatement(source: unknown, kind: PolicyKind): Statement {
  const statement = fields(source, elements)
  const { Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource, Condition } = statement
  if (Sid !== undefined && typeof Sid !== 'string') throw syntaxError(Sid)
  if (Sid && kind !== 'trust' && !/^[0-9A-Za-z]*$/u.test(Sid)) {
    throw new Malformed(
      'Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*',
      Sid,
    )
  }
  if (Effect !== 'Allow' && Effect !== 'Deny') throw syntaxError(Effect)
  for (const [one, other] of [
    [Action, NotAction],
    [Resource, NotResource],
    [Principal, NotPrincipal],
  ]) {
    if (one !== undefined && other !== undefined) throw syntaxError(source)
  }
  const actions = strings(Action ?? NotAction)
  if (actions.length === 0) throw new Malformed('Policy statement must contain actions.', source)
  for (const action of actions) checkAction(action, kind)
  const resources = strings(Resource ?? NotResource)
  if (kind === 'trust') {
    if (Resource !== undefined || NotResource !== undefined) {
      throw new Malformed('Has prohibited field Resource', source)
    }
    if (Principal === undefined && NotPrincipal === undefined) {
      throw new Malformed('Missing required field Principal', source)
    }
    if (NotPrincipal !== undefined && Effect === 'Allow') {
      throw new Malformed('Allow with NotPrincipal is not allowed.', NotPrincipal)
    }
  } else {
    if (Principal !== undefined || NotPrincipal !== undefined) {
      throw new Malformed('Policy document should not specify a principal.', Principal ?? NotPrincipal)
    }
    if (resources.length === 0) throw new Malformed('Policy statement must contain resources.', source)
    for (const resource of resources) checkResource(resource)
  }
  return {
    ...(Sid === undefined ? {} : { Sid }),
    Effect,
    ...(Principal === undefined ? {} : { Principal: readPrincipal(Principal) }),
    ...(NotPrincipal === undefined ? {} : { NotPrincipal: readPrincipal(NotPrincipal) }),
    ...(Action === undefined ? { NotAction: actions } : { Action: actions }),
    ...(kind === 'trust' ? {} : Resource === undefined ? { NotResource: resources } : { Resource: resources }),
    ...(Condition === undefined ? {} : { Condition: readCondition(Condition) }),
  }
}

function readCondition(source: unknown): ConditionElement {
  return mapValues(source, (block, name) => {
    if (!parseOperator(name)) throw new Malformed(`Invalid Condition type : ${name}.`, name)
    return mapValues(block, (values, key) => {
      if (!/^[^:\s]+:\S/u.test(key)) {
        throw new Malformed('Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.', key)
      }
      return (Array.isArray(values) ? values : [values]).map((value: unknown) => {
        if (typeof value === 'string') return value
        if (typeof value === 'boolean' || typeof value === 'number') return String(value)
        throw syntaxError(value)
      })
    })
  })
}

function mapValues<T>(source: unknown, read: (value: unknown, key: string) => T): Record<string, T> {
  if (!isRecord(source)) throw syntaxError(source)
  return Object.fromEntries(Object.entries(source).map(([key, value]) => [key, read(value, key)]))
}

/** An object with these keys and no others. */
function fields<Key extends string>(source: unknown, allowed: readonly Key[]): Partial<Record<Key, unknown>> {
  if (!isRecord(source)) throw syntaxError(source)
  for (const key of Object.keys(source)) if (!(allowed as readonly string[]).includes(key)) throw syntaxError(key)
  return source as Partial<Record<Key, unknown>>
}

function strings(value: unknown): readonly string[] {
  const list: unknown[] = value === undefined ? [] : Array.isArray(value) ? value : [value]
  return list.map((item) => {
    if (typeof item !== 'string') throw syntaxError(item)
    return item
  })
}

function syntaxError(value: unknown): Malformed {
  return new Malformed('Syntax errors in policy.', value)
}
