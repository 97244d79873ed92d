import { isRecord } from '@topic-credentials/project'
import { broken, noValue, reference, type Scope } from './scope.js'

type Arguments = readonly unknown[]

/**
 * Evaluates the functions in a value.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 *
 * @throws RealisationError (`template`) naming what cannot be resolved; (`unsupported`) for an unsupported function.
 */
export function resolveValue(value: unknown, scope: Scope): unknown {
  const resolved = evaluate(value, scope)
  return resolved === noValue ? undefined : resolved
}

/** Evaluates a condition of the template. */
export function conditionHolds(name: string, scope: Scope, within: readonly string[] = []): boolean {
  const condition = scope.template.Conditions?.[name]
  if (condition === undefined) throw broken(scope, `the condition ${name} is not defined`)
  if (within.includes(name)) throw broken(scope, `the condition ${name} refers to itself`)
  return truth(condition, scope, [...within, name])
}

function truth(value: unknown, scope: Scope, within: readonly string[]): boolean {
  const named = (value as { readonly Condition?: unknown } | null)?.Condition
  if (typeof named === 'string') return conditionHolds(named, scope, within)
  const [name, argument] = asFunction(value) ?? []
  const list = () => texts(argument, scope, name ?? '')
  switch (name) {
    case 'Fn::And':
      return list().every((one) => truth(one, scope, within))
    case 'Fn::Or':
      return list().some((one) => truth(one, scope, within))
    case 'Fn::Not':
      return !truth(list()[0], scope, within)
    case 'Fn::Equals': {
      const [left, right] = list().map((one) => resolveValue(one, scope))
      return JSON.stringify(left) === JSON.stringify(right)
    }
    default:
      throw broken(scope, `${JSON.stringify(value)} is not a condition`)
  }
}

function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => evaluate(one, scope)).filter((one) => one !== noValue)
  if (typeof value !== 'object' || value === null) return value
  const call = asFunction(value)
  if (call !== undefined) return apply(call[0], call[1], scope)
  const entries = Object.entries(value).map(([name, inner]) => [name, evaluate(inner, scope)] as const)
  return Object.fromEntries(entries.filter(([, inner]) => inner !== noValue))
}

function apply(name: string, argument: unknown, scope: Scope): unknown {
  switch (name) {
    case 'Ref':
      return reference(String(argument), scope)
    case 'Fn::GetAtt': {
      const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.')
      return scope.getAtt(String(logicalId), attribute.map((part) => text(part, scope, name)).join('.'))
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = texts(argument, scope, name)
      return evaluate(conditionHolds(String(condition), scope) ? whenTrue : whenFalse, scope)
    }
    case 'Fn::Join': {
      const [delimiter, values] = texts(argument, scope, name)
      const list = texts(evaluate(values, scope), scope, name)
      return list.map((one) => text(one, scope, name)).join(String(delimiter))
    }
    case 'Fn::Split': {
      const [delimiter, source] = texts(argument, scope, name)
      return text(source, scope, name).split(String(delimiter))
    }
    case 'Fn::Select': {
      const [index, list] = texts(argument, scope, name)
      const values = texts(evaluate(list, scope), scope, name)
      const at = Number(text(index, scope, name))
      if (!(at in values)) throw broken(scope, `Fn::Select asks for element ${at} of ${values.length}`)
      return values[at]
    }
    case 'Fn::Sub':
      return substitute(argument, scope)
    case 'Fn::FindInMap':
      return findInMap(texts(argument, scope, name), scope)
    case 'Fn::ImportValue': {
      const exported = text(argument, scope, name)
      const found = scope.exports.get(exported)
      if (found === undefined) throw broken(scope, `no stack exports ${exported}`)
      return found
    }
    case 'Fn::Base64':
      return Buffer.from(text(argument, scope, name)).toString('base64')
    default:
      throw broken(scope, `the stand-in does not model the function ${name}`, 'unsupported')
  }
}

/** `${Name}`, `${Name.Attribute}`, `${!literal}`, with or without custom variables. */
function substitute(argument: unknown, scope: Scope): string {
  const [template, variables = {}] = Array.isArray(argument) ? (argument as Arguments) : [argument]
  return String(template).replaceAll(/\$\{(!?)([^}]*)\}/gu, (_, literal: string, inside: string) => {
    if (literal === '!') return `\${${inside}}`
    const name = inside.trim()
    const own = (variables as Record<string, unknown>)[name]
    if (own !== undefined) return text(own, scope, 'Fn::Sub')
    return text(name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name }, scope, 'Fn::Sub')
  })
}

function findInMap([map, first, second, otherwise]: Arguments, scope: Scope): unknown {
  const [name = '', top = '', key = ''] = [map, first, second].map((one) => text(one, scope, 'Fn::FindInMap'))
  const found = scope.template.Mappings?.[name]?.[top]?.[key]
  if (found !== undefined) return found
  const fallback = (otherwise as { DefaultValue?: unknown } | undefined)?.DefaultValue
  if (fallback !== undefined) return evaluate(fallback, scope)
  throw broken(scope, `the mapping ${name} has no ${top}.${key}`)
}

/** A function call is an object with one key: `Ref` or `Fn::…`. (`Condition` only counts inside conditions: policies have that key too.) */
export function asFunction(value: unknown): [name: string, argument: unknown] | undefined {
  if (!isRecord(value)) return undefined
  const [first, ...others] = Object.entries(value)
  if (first === undefined || others.length > 0) return undefined
  return first[0] === 'Ref' || first[0].startsWith('Fn::') ? first : undefined
}

function text(value: unknown, scope: Scope, name: string): string {
  const resolved = evaluate(value, scope)
  if (typeof resolved === 'string' || typeof resolved === 'number' || typeof resolved === 'boolean') {
    return String(resolved)
  }
  throw broken(scope, `${name} requires a string, not ${JSON.stringify(value)}`)
}

function texts(value: unknown, scope: Scope, name: string): Arguments {
  if (Array.isArray(value)) return value
  throw broken(scope, `${name} requires a list, not ${JSON.stringify(value)}`)
}
