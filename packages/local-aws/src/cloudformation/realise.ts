import { RealisationError } from './errors.js'
import { resourceTypes } from './resources/index.js'
import { type Realised, resourceRequest, type StackState } from './resources/resource-type.js'
import type { Services } from './services.js'
import type { AssemblyStack } from './template/assembly.js'
import { creationOrder, trigger } from './template/dependencies.js'
import { conditionHolds, resolveValue } from './template/intrinsics.js'
import type { Scope } from './template/scope.js'
import type { TemplateOutput, TemplateResource } from './template/template.js'

/** What one stack came to. */
export interface RealisedStack {
  readonly stackName: string
  readonly outputs: Readonly<Record<string, string>>
  /** Physical names by logical ID. */
  readonly resources: Readonly<Record<string, string>>
}

/**
 * Creates a stack's resources one after the other, each after what it needs, and resolves its outputs. Each step goes to
 * the journal as CloudFormation reports it.
 *
 * @param exports Outputs that stacks export; this one's are added.
 * @param standing Called when all exists but triggers that are still to run, and can still fail the stack.
 * @throws RealisationError for the first resource that cannot be created, by name. What exists by then is the caller's to close.
 */
export async function realise(
  { stackName, template, assets }: AssemblyStack,
  services: Services,
  exports: Map<string, string>,
  parameters: Readonly<Record<string, string>> = {},
  standing: () => Promise<void> = async () => {},
): Promise<RealisedStack> {
  const realised = new Map<string, Realised>()
  const { accountId, region } = services
  const stackId = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`
  const scope: Scope = {
    template,
    pseudo: { accountId, region, stackName, stackId },
    parameters,
    exports,
    ref: (logicalId) => realised.get(logicalId)?.ref,
    getAtt: (logicalId, attribute) => readAttribute(logicalId, attribute),
  }
  const readAttribute = (logicalId: string, attribute: string): unknown => {
    const value = realised.get(logicalId)?.attributes?.[attribute]
    if (value !== undefined) return value
    const reason = realised.has(logicalId) ? `has no attribute ${attribute} here` : 'does not exist'
    throw new RealisationError('template', `${stackName}: resource ${logicalId} ${reason}`, { stackName, logicalId })
  }
  const stack: StackState = { stackName, assets, apis: new Map(), integrations: new Map(), authorizers: new Map() }
  const order = creationOrder(scope)
  // Before anything exists: a type that is not known would otherwise be found half way.
  for (const [logicalId, { Type: type }] of order) {
    if (resourceTypes.has(type)) continue
    const message = `${stackName}: the stand-in does not model resources of type ${type} (${logicalId})`
    throw new RealisationError('unsupported', message, { stackName, logicalId })
  }
  const last = order.findLastIndex(([, { Type: type }]) => type !== trigger)
  for (const [index, [logicalId, resource]] of order.entries()) {
    if (index === last + 1) await standing()
    const report = (outcome: 'ok' | 'failed', detail?: string) =>
      services.journal({
        at: services.clock.now(),
        service: 'cloudformation',
        event: outcome === 'ok' ? 'CREATE_COMPLETE' : 'CREATE_FAILED',
        outcome,
        ...(detail === undefined ? {} : { detail }),
        fields: { stackName, logicalId, type: resource.Type, index: index + 1, total: order.length },
      })
    try {
      realised.set(logicalId, await create(logicalId, resource))
      report('ok')
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      report('failed', reason)
      if (cause instanceof RealisationError) throw cause
      const message = `${stackName}: CREATE_FAILED | ${resource.Type} | ${logicalId}: ${reason}`
      throw new RealisationError('resource', message, { stackName, logicalId, cause })
    }
  }
  if (last === order.length - 1) await standing()
  return {
    stackName,
    outputs: outputs(),
    resources: Object.fromEntries([...realised].map(([id, { ref }]) => [id, ref])),
  }

  async function create(logicalId: string, { Type: type, Properties = {} }: TemplateResource): Promise<Realised> {
    const definition = resourceTypes.get(type)
    if (definition === undefined) throw new Error(`unknown type ${type}`)
    const values = resolveValue(Properties, scope) as Record<string, unknown>
    return definition.create(resourceRequest(definition, { logicalId, type, values }, services, stack))
  }

  function outputs(): Record<string, string> {
    const present = Object.entries(template.Outputs ?? {}).filter(
      ([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope),
    )
    return Object.fromEntries(present.map(([name, output]) => [name, outputValue(output)]))
  }

  function outputValue({ Value, Export }: TemplateOutput): string {
    const value = String(resolveValue(Value, scope))
    if (Export !== undefined) exports.set(String(resolveValue(Export.Name, scope)), value)
    return value
  }
}
