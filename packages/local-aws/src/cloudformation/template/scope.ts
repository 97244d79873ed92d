import { RealisationError } from '../errors.js'
import type { Template } from './template.js'

/** `AWS::Region` and the other pseudo parameters. */
interface PseudoParameters {
  readonly accountId: string
  readonly region: string
  readonly stackName: string
  readonly stackId: string
}

/** The values that functions can refer to. */
export interface Scope {
  readonly template: Template
  readonly pseudo: PseudoParameters
  /** Parameter values, which take precedence over defaults. */
  readonly parameters: Readonly<Record<string, string>>
  /** Exports of all stacks, by name. */
  readonly exports: Pick<ReadonlyMap<string, string>, 'get'>
  /** `Ref` of a created resource; undefined if there is none with that name. */
  ref(logicalId: string): string | undefined
  getAtt(logicalId: string, attribute: string): unknown
}

/** `AWS::NoValue`: the property is omitted. */
export const noValue = Symbol('AWS::NoValue')

/** The value of `Ref`: a pseudo parameter, a parameter or a resource. @throws RealisationError */
export function reference(name: string, scope: Scope): unknown {
  const { accountId, region, stackName, stackId } = scope.pseudo
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': noValue,
    'AWS::NotificationARNs': [],
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': stackId,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  }
  if (name in pseudo) return pseudo[name]
  const parameter = scope.template.Parameters?.[name]
  if (parameter !== undefined) return parameterValue(name, parameter, scope)
  const found = scope.ref(name)
  if (found === undefined) throw broken(scope, `'${name}' is neither a resource nor a parameter`)
  return found
}

function parameterValue(name: string, parameter: { Type: string; Default?: unknown }, scope: Scope): unknown {
  const given = scope.parameters[name]
  if (given === undefined && parameter.Type.startsWith('AWS::SSM::')) {
    const reason = `parameter ${name} is read from Systems Manager, which the stand-in does not model`
    throw new RealisationError('unsupported', `${scope.pseudo.stackName}: ${reason}`, {
      stackName: scope.pseudo.stackName,
      value: name,
      remedy: `Set a value for the parameter ${name}.`,
    })
  }
  const value = given ?? parameter.Default
  if (value === undefined) throw broken(scope, `parameter ${name} has no value and no default`)
  const list = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<')
  return list
    ? String(value)
        .split(',')
        .map((one) => one.trim())
    : String(value)
}

/** An error in the template. */
export function broken(
  { pseudo: { stackName } }: Scope,
  reason: string,
  code: 'template' | 'unsupported' = 'template',
): RealisationError {
  return new RealisationError(code, `${stackName}: ${reason}`, { stackName })
}
