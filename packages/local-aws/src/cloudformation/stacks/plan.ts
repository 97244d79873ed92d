import { findResourceType } from '../resources/index.js'
import { creationOrder, type OrderedResource } from '../template/dependencies.js'
import { resolveValue } from '../template/intrinsics.js'
import type { Scope } from '../template/scope.js'
import { canonical, changedProperties } from './change-resource.js'
import { Operation, type OperationSettings } from './operations/operation.js'
import type { PropertyChange, ResourceChange, Stack, StackDefinition, StackResource } from './stack.js'

/** AWS's placeholder for a value that is only known after the deployment. */
const unknownYet = '{{changeSet:KNOWN_AFTER_APPLY}}'

/** The changes that a definition would make, without making them. */
export function planChanges(stack: Stack, definition: StackDefinition, settings: OperationSettings): ResourceChange[] {
  const op = new Operation({ ...stack, imports: new Set() }, settings)
  const moving = new Set<string>()
  const scope = previewScope(op.scope(definition), moving, (logicalId) => stack.resources.has(logicalId))
  const order = creationOrder(scope)
  const changes = order.flatMap((ordered) => {
    const standing = stack.resources.get(ordered.logicalId)
    const change = standing === undefined ? addition(ordered) : modification(standing, ordered, scope)
    if (change?.action === 'Add' || (change?.replacement ?? 'False') !== 'False') moving.add(ordered.logicalId)
    // Attributes of a custom resource may change with each update.
    if (change !== undefined && standing !== undefined && findResourceType(standing.type)?.replacesItself) {
      moving.add(ordered.logicalId)
    }
    return change ?? []
  })
  const wanted = new Set(order.map(({ logicalId }) => logicalId))
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !wanted.has(logicalId))
  return [...changes, ...removed.map(removal)]
}

/** References to created or replaced resources have no value yet. */
function previewScope(scope: Scope, moving: ReadonlySet<string>, stands: (logicalId: string) => boolean): Scope {
  const { Resources } = scope.template
  const unknown = (logicalId: string) => moving.has(logicalId) || (!stands(logicalId) && logicalId in Resources)
  return {
    ...scope,
    ref: (logicalId) => (unknown(logicalId) ? unknownYet : scope.ref(logicalId)),
    getAtt: (logicalId, attribute) => (unknown(logicalId) ? unknownYet : scope.getAtt(logicalId, attribute)),
  }
}

function addition({ logicalId, resource: { Type: type } }: OrderedResource): ResourceChange {
  return { action: 'Add', logicalId, type, details: [] }
}

function modification(
  { logicalId, physicalId, type, properties }: StackResource,
  { resource }: OrderedResource,
  scope: Scope,
): ResourceChange | undefined {
  const values = resolveValue(resource.Properties ?? {}, scope) as Record<string, unknown>
  const changed = changedProperties(properties, values)
  if (changed.length === 0) return undefined
  const { replacedBy = [] } = findResourceType(type) ?? {}
  const details = changed.map((name): PropertyChange => {
    const [before, after] = [text(properties[name]), text(values[name])]
    const dynamic = after?.includes(unknownYet) ?? false
    const recreates = replacedBy.includes(name)
    return {
      name,
      requiresRecreation: recreates ? (dynamic ? 'Conditionally' : 'Always') : 'Never',
      evaluation: dynamic ? 'Dynamic' : 'Static',
      before,
      after,
    }
  })
  const always = details.some(({ requiresRecreation }) => requiresRecreation === 'Always')
  const perhaps = details.some(({ requiresRecreation }) => requiresRecreation === 'Conditionally')
  const policy = resource.UpdateReplacePolicy?.startsWith('Retain') ? 'ReplaceAndRetain' : 'ReplaceAndDelete'
  return {
    action: 'Modify',
    logicalId,
    physicalId,
    type,
    replacement: always ? 'True' : perhaps ? 'Conditional' : 'False',
    ...(always || perhaps ? { policyAction: policy } : {}),
    details,
  }
}

function removal({ logicalId, physicalId, type, deletionPolicy }: StackResource): ResourceChange {
  const policyAction = deletionPolicy.startsWith('Retain') ? 'Retain' : 'Delete'
  return { action: 'Remove', logicalId, physicalId, type, policyAction, details: [] }
}

function text(value: unknown): string | undefined {
  if (value === undefined) return undefined
  return typeof value === 'string' ? value : canonical(value)
}
