import { isRecord, messageOf } from '@topic-credentials/project'
import { CustomResourceFailure, eventReason, Refusal } from '../resources/failure.js'
import { findResourceType } from '../resources/index.js'
import { Properties } from '../resources/properties.js'
import {
  type Realised,
  type ResourceRequest,
  type ResourceType,
  resourceRequest,
  type StandingRequest,
} from '../resources/resource-type.js'
import type { OrderedResource } from '../template/dependencies.js'
import { resolveValue } from '../template/intrinsics.js'
import { requireRights } from './execution-rights.js'
import type { Operation } from './operations/operation.js'
import type { StackResource } from './stack.js'

/** A resource that could not be created, updated or deleted; its events already contain the reason. */
export class ResourceFailed extends Error {
  override readonly name = 'ResourceFailed'
  readonly logicalId: string
  readonly verb: 'create' | 'update' | 'delete'

  constructor(logicalId: string, verb: ResourceFailed['verb'], cause: unknown) {
    super(messageOf(cause), { cause })
    this.logicalId = logicalId
    this.verb = verb
  }
}

/**
 * The status reason of the stack in AWS's words, including spaces.
 * https://github.com/convox/rack/pull/525, https://github.com/aws-samples/aws-serverless-workshops/issues/210
 */
export function failureReason(failures: readonly Pick<ResourceFailed, 'verb' | 'logicalId'>[]): string {
  return (['create', 'update', 'delete'] as const)
    .flatMap((verb) => {
      const names = failures.filter((one) => one.verb === verb).map(({ logicalId }) => logicalId)
      return names.length === 0 ? [] : [`The following resource(s) failed to ${verb}: [${names.join(', ')}]. `]
    })
    .join('')
}

/** @throws ResourceFailed */
export async function createResource(op: Operation, ordered: OrderedResource): Promise<void> {
  const { logicalId, resource, needs } = ordered
  let record: StackResource = {
    ...policies(ordered),
    logicalId,
    type: resource.Type,
    physicalId: '',
    attributes: {},
    properties: {},
    status: 'CREATE_IN_PROGRESS',
    at: op.services.clock.now(),
    needs,
    generation: nextGeneration(op, logicalId),
  }
  record = op.record(record, 'CREATE_IN_PROGRESS')
  op.resourceEvent(record, 'CREATE_IN_PROGRESS')
  try {
    const values = valuesOf(op, ordered)
    record = op.record(record, 'CREATE_IN_PROGRESS', { properties: values })
    const type = op.type(resource.Type, logicalId)
    const request = requestFor(op, type, record)
    requireRights(op.stack.roleArn, 'create', type, request)
    const realised = await type.create(request)
    record = op.record(record, 'CREATE_IN_PROGRESS', standing(realised))
    op.resourceEvent(record, 'CREATE_IN_PROGRESS', 'Resource creation Initiated')
    record = op.record(record, 'CREATE_COMPLETE')
    op.resourceEvent(record, 'CREATE_COMPLETE', leftOutReason(record))
  } catch (cause) {
    const physicalId = cause instanceof CustomResourceFailure ? (cause.physicalId ?? '') : ''
    fail(op, record, 'create', cause, { physicalId })
  }
}

/** Updates it in place or replaces it; no effect if the properties are equal. @throws ResourceFailed */
export async function updateResource(op: Operation, former: StackResource, ordered: OrderedResource): Promise<void> {
  const { logicalId, resource, needs } = ordered
  let record = op.record(former, former.status, { ...policies(ordered), needs }, former.reason)
  try {
    if (resource.Type !== former.type) throw new Refusal(typeChange(logicalId))
    const values = valuesOf(op, ordered)
    const changed = changedProperties(former.properties, values)
    if (changed.length === 0) return
    const type = op.type(former.type, logicalId)
    const replaces = changed.some((name) => type.replacedBy?.includes(name))
    const reason = replaces
      ? 'Requested update requires the creation of a new physical resource; hence creating one.'
      : undefined
    record = op.record(record, 'UPDATE_IN_PROGRESS')
    op.resourceEvent(record, 'UPDATE_IN_PROGRESS', reason)
    if (type.replacesItself && changed.includes('ServiceToken')) {
      throw new Refusal('Modifying service token is not allowed.')
    }
    const realised = replaces
      ? await replace(op, type, record, values)
      : await change(op, type, record, values, changed)
    const moved = realised.ref !== former.physicalId && (replaces || type.replacesItself === true)
    if (moved) op.stack.leftovers.push(former)
    const { generation } = op.stack.resources.get(logicalId) ?? record
    record = op.record(record, 'UPDATE_IN_PROGRESS', { ...standing(realised), properties: values, generation })
    if (replaces) op.resourceEvent(record, 'UPDATE_IN_PROGRESS', 'Resource creation Initiated')
    record = op.record(record, 'UPDATE_COMPLETE')
    op.resourceEvent(record, 'UPDATE_COMPLETE')
  } catch (cause) {
    fail(op, op.stack.resources.get(logicalId) ?? record, 'update', cause)
  }
}

/** Restores the previous state: the previous physical resource is used again, or the previous properties are applied. */
export async function restoreResource(op: Operation, now: StackResource, former: StackResource): Promise<void> {
  let record = op.record(now, 'UPDATE_IN_PROGRESS')
  op.resourceEvent(record, 'UPDATE_IN_PROGRESS')
  try {
    const type = op.type(former.type, former.logicalId)
    const { leftovers } = op.stack
    const kept = leftovers.findIndex(
      (one) => one.logicalId === former.logicalId && one.physicalId === former.physicalId,
    )
    let restored: Partial<StackResource> = former
    if (kept >= 0) {
      leftovers.splice(kept, 1, now)
    } else {
      const realised = await change(op, type, record, former.properties, Object.keys(former.properties))
      if (realised.ref !== now.physicalId && type.replacesItself) leftovers.push(now)
      restored = { ...former, ...standing(realised) }
    }
    record = op.record(former, 'UPDATE_COMPLETE', restored)
    op.resourceEvent(record, 'UPDATE_COMPLETE')
  } catch (cause) {
    fail(op, op.stack.resources.get(former.logicalId) ?? record, 'update', cause)
  }
}

/** Deletes a physical resource. The caller removes its record. @throws ResourceFailed */
export async function deleteResource(op: Operation, resource: StackResource): Promise<void> {
  if (resource.physicalId === '') {
    op.resourceEvent(resource, 'DELETE_COMPLETE')
    return
  }
  op.resourceEvent(resource, 'DELETE_IN_PROGRESS')
  try {
    const type = op.type(resource.type, resource.logicalId)
    const request = requestFor(op, type, resource) as StandingRequest
    requireRights(op.stack.roleArn, 'delete', type, request)
    await type.delete?.(request)
    op.resourceEvent(resource, 'DELETE_COMPLETE')
  } catch (cause) {
    op.resourceEvent(resource, 'DELETE_FAILED', eventReason(cause))
    throw new ResourceFailed(resource.logicalId, 'delete', cause)
  }
}

/** Names of top-level properties that differ. */
export function changedProperties(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.filter((name) => canonical(before[name]) !== canonical(after[name]))
}

/** JSON with sorted keys; the order of lists matters. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isRecord(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  )
}

function typeChange(logicalId: string): string {
  return `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${logicalId}]`
}

async function replace(
  op: Operation,
  type: ResourceType,
  record: StackResource,
  values: Readonly<Record<string, unknown>>,
): Promise<Realised> {
  const name = type.named === undefined ? undefined : values[type.named]
  if (type.named !== undefined && name !== undefined && name === record.properties[type.named]) {
    throw new Refusal(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    )
  }
  const generation = nextGeneration(op, record.logicalId)
  op.record(record, 'UPDATE_IN_PROGRESS', { generation })
  const request = requestFor(op, type, { ...record, properties: values, physicalId: '', generation })
  requireRights(op.stack.roleArn, 'create', type, request)
  const realised = await type.create(request)
  op.stack.rollback?.touched.add(record.logicalId)
  return realised
}

async function change(
  op: Operation,
  type: ResourceType,
  record: StackResource,
  values: Readonly<Record<string, unknown>>,
  changed: readonly string[],
): Promise<Realised> {
  requireRights(op.stack.roleArn, 'update', type, requestFor(op, type, record))
  op.stack.rollback?.touched.add(record.logicalId)
  const before = new Properties(record.properties)
  // The next step may fail: then this is the state to roll back from.
  const next = op.record(record, 'UPDATE_IN_PROGRESS', { properties: values })
  const request = { ...requestFor(op, type, next), before } as StandingRequest & { before: Properties }
  if (type.update !== undefined) return type.update(request)
  const honoured = changed.find((name) => type.inert !== 'all' && type.honoured.includes(name))
  if (honoured === undefined) return { ref: record.physicalId, attributes: record.attributes }
  throw new Error(`the stand-in does not support a change of ${honoured} of ${record.type}`)
}

/** Generated names are never reused in this stack. */
function nextGeneration({ stack }: Operation, logicalId: string): number {
  const generation = stack.made.get(logicalId) ?? 0
  stack.made.set(logicalId, generation + 1)
  return generation
}

function valuesOf(op: Operation, { resource }: OrderedResource): Record<string, unknown> {
  return resolveValue(resource.Properties ?? {}, op.scope()) as Record<string, unknown>
}

function requestFor(op: Operation, type: ResourceType, record: StackResource): ResourceRequest | StandingRequest {
  const { logicalId, properties: values, physicalId, attributes, generation } = record
  const subject = { logicalId, type: record.type, values, generation, ...(physicalId === '' ? {} : { physicalId }) }
  return { ...resourceRequest(type, subject, op.services, op.place), attributes }
}

function standing({ ref, attributes = {} }: Realised): Pick<StackResource, 'physicalId' | 'attributes'> {
  return { physicalId: ref, attributes }
}

function policies({ resource }: OrderedResource): Pick<StackResource, 'deletionPolicy' | 'replacePolicy'> {
  const { DeletionPolicy = 'Delete', UpdateReplacePolicy = 'Delete' } = resource
  return { deletionPolicy: DeletionPolicy, replacePolicy: UpdateReplacePolicy }
}

function leftOutReason({ type }: StackResource): string | undefined {
  return findResourceType(type) === undefined ? `Skipped: the stand-in does not model ${type}` : undefined
}

function fail(
  op: Operation,
  record: StackResource,
  verb: 'create' | 'update',
  cause: unknown,
  more: Partial<StackResource> = {},
): never {
  const status = `${verb.toUpperCase()}_FAILED`
  const reason = eventReason(cause)
  op.resourceEvent(op.record(record, status, more, reason), status, reason)
  throw new ResourceFailed(record.logicalId, verb, cause)
}
