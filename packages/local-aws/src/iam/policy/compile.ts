import { type Condition, compileCondition } from '../conditions/condition.js'
import type { ContextLookup } from '../conditions/context.js'
import { compilePattern, type Pattern } from '../conditions/pattern.js'
import type { PolicyDocument, PolicyKind, Statement } from './document.js'
import { parsePolicyDocument } from './parse.js'
import { isWildInType } from './type-wildcards.js'

/** A compiled statement. */
export interface CompiledStatement {
  /** The Sid, or `#0` for the first statement and so on. */
  readonly name: string
  readonly effect: Statement['Effect']
  readonly source: Statement
  /** Whether Action, Resource and Condition all match. */
  readonly matches: (action: string, resource: string, context: ContextLookup) => boolean
}

const byObject = new Map<PolicyKind, WeakMap<object, readonly CompiledStatement[]>>()
const byText = new Map<string, readonly CompiledStatement[]>()
const textsKept = 100

/**
 * Validates and compiles a document once: the same object (which must not be changed afterwards) or the same text is not compiled
 * again.
 *
 * @throws MalformedPolicyDocumentError for a document that IAM would refuse
 */
export function compilePolicy(document: unknown, kind: PolicyKind): readonly CompiledStatement[] {
  if (typeof document === 'string') {
    const key = `${kind} ${document}`
    const known = byText.get(key)
    if (known) return known
    const compiled = compileStatements(parsePolicyDocument(document, kind))
    if (byText.size >= textsKept) byText.clear()
    byText.set(key, compiled)
    return compiled
  }
  if (typeof document !== 'object' || document === null) return compileStatements(parsePolicyDocument(document, kind))
  let cache = byObject.get(kind)
  if (!cache) {
    cache = new WeakMap()
    byObject.set(kind, cache)
  }
  const known = cache.get(document)
  if (known) return known
  const compiled = compileStatements(parsePolicyDocument(document, kind))
  cache.set(document, compiled)
  return compiled
}

function compileStatements({ Version, Statement }: PolicyDocument): readonly CompiledStatement[] {
  const variables = Version === '2012-10-17'
  return Statement.map((statement, index) => {
    const matchesAction = compileActions(statement)
    // Compiled when an action matches for the first time: many documents are evaluated only once.
    let rest: { readonly resource: ReturnType<typeof compileResources>; readonly condition: Condition } | undefined
    return {
      name: statement.Sid || `#${index}`,
      effect: statement.Effect,
      source: statement,
      matches: (action, resource, context) => {
        if (!matchesAction(action)) return false
        rest ??= {
          resource: compileResources(statement, variables),
          condition: compileCondition(statement.Condition, variables),
        }
        return rest.resource(resource, context) && rest.condition(context)
      },
    }
  })
}

function noVariables() {
  return undefined
}
const actionsKept = 256

/** Actions are compared case-insensitively. Services use few of them, so results are cached. */
function compileActions({ Action, NotAction }: Statement): (action: string) => boolean {
  const patterns = (Action ?? NotAction ?? []).map((action) => compilePattern(action.toLowerCase(), 'text', false))
  const wanted = Action !== undefined
  const answers = new Map<string, boolean>()
  return (action) => {
    let answer = answers.get(action)
    if (answer === undefined) {
      const name = action.toLowerCase()
      answer = patterns.some((pattern) => pattern(name, noVariables)) === wanted
      if (answers.size >= actionsKept) answers.clear()
      answers.set(action, answer)
    }
    return answer
  }
}

function compileResources(
  { Resource, NotResource }: Statement,
  variables: boolean,
): (resource: string, context: ContextLookup) => boolean {
  const patterns = (Resource ?? NotResource ?? []).map((arn) => compileResource(arn, variables))
  // A trust policy has neither: its resource is the role to which it belongs.
  if (Resource === undefined && NotResource === undefined) return () => true
  if (Resource) return (resource, context) => patterns.some((pattern) => pattern(resource, context) === true)
  // A statement with an unresolved variable does not apply: otherwise its negation would match everything.
  return (resource, context) => patterns.every((pattern) => pattern(resource, context) === false)
}

function compileResource(
  arn: string,
  variables: boolean,
): (resource: string, context: ContextLookup) => ReturnType<Pattern> {
  const pattern = compilePattern(arn, 'arn', variables)
  if (!isWildInType(arn)) return (resource, context) => pattern(resource, context.variable)
  return (resource, context) => context.typeWildcards === 'match' && pattern(resource, context.variable)
}
