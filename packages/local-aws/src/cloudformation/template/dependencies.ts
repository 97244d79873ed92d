import { RealisationError } from '../errors.js'
import { asFunction, conditionHolds } from './intrinsics.js'
import type { Scope } from './scope.js'
import type { TemplateResource } from './template.js'

/** A resource of a template in creation order. */
export interface OrderedResource {
  readonly logicalId: string
  readonly resource: TemplateResource
  /** Logical IDs of its dependencies. */
  readonly needs: readonly string[]
}

/** CDK triggers: functions that a deployment runs and that can fail it. */
export const trigger = 'Custom::Trigger'

/**
 * The resources whose condition is true, each after all resources that it refers to or names in `DependsOn`; otherwise in template order,
 * with triggers without dependents at the end.
 *
 * @throws RealisationError for a circular dependency or an undefined name, with the names.
 */
export function creationOrder(scope: Scope): OrderedResource[] {
  const { template, pseudo } = scope
  const { stackName } = pseudo
  const resources = new Map(
    Object.entries(template.Resources).filter(
      ([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope),
    ),
  )
  const done = new Set<string>()
  const order: OrderedResource[] = []
  const visit = (logicalId: string, path: readonly string[]) => {
    if (done.has(logicalId)) return
    if (path.includes(logicalId)) {
      const circle = [...path.slice(path.indexOf(logicalId)), logicalId].join(' → ')
      const message = `${stackName}: circular dependency between resources: ${circle}`
      throw new RealisationError('template', message, { stackName, logicalId })
    }
    const resource = resources.get(logicalId)
    if (resource === undefined) return
    const needs = new Set<string>()
    for (const name of [...[resource.DependsOn ?? []].flat(), ...references(resource.Properties, scope)]) {
      if (resources.has(name)) {
        needs.add(name)
        visit(name, [...path, logicalId])
      } else if (template.Resources[name] === undefined && template.Parameters?.[name] === undefined) {
        const message = `${stackName}: resource ${logicalId} refers to '${name}', which the template does not define`
        throw new RealisationError('template', message, { stackName, logicalId })
      }
    }
    done.add(logicalId)
    order.push({ logicalId, resource, needs: [...needs] })
  }
  const isTrigger = ([, { Type: type }]: [string, TemplateResource]) => type === trigger
  for (const [logicalId] of [...resources].filter((one) => !isTrigger(one))) visit(logicalId, [])
  for (const [logicalId] of [...resources].filter(isTrigger)) visit(logicalId, [])
  return order
}

/** Names that a value refers to; for `Fn::If`, only the selected branch. */
function references(value: unknown, scope: Scope): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => references(one, scope))
  if (typeof value !== 'object' || value === null) return []
  const [name, argument] = asFunction(value) ?? []
  if (name === 'Ref') return named(String(argument))
  if (name === 'Fn::GetAtt') return [String(Array.isArray(argument) ? argument[0] : String(argument).split('.')[0])]
  if (name === 'Fn::If' && Array.isArray(argument)) {
    return references(conditionHolds(String(argument[0]), scope) ? argument[1] : argument[2], scope)
  }
  if (name === 'Fn::Sub') {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}]
    const names = [...String(template).matchAll(/\$\{([^!}][^}]*)\}/gu)].map(
      ([, inside = '']) => inside.trim().split('.')[0] ?? '',
    )
    return [...names.filter((one) => !(one in variables)).flatMap(named), ...references(variables, scope)]
  }
  return Object.values(value).flatMap((one) => references(one, scope))
}

function named(name: string): string[] {
  return name.startsWith('AWS::') ? [] : [name]
}
