import { randomUUID } from 'node:crypto'
import { RealisationError } from '../../errors.js'
import { findResourceType } from '../../resources/index.js'
import { leftOut } from '../../resources/inert.js'
import type { ResourceType, StackPlace } from '../../resources/resource-type.js'
import type { Services } from '../../services.js'
import { conditionHolds, resolveValue } from '../../template/intrinsics.js'
import type { Scope } from '../../template/scope.js'
import type { TemplateOutput } from '../../template/template.js'
import type { Stack, StackDefinition, StackOutput, StackResource } from '../stack.js'

export interface OperationSettings {
  readonly services: Services
  /** The stack's own zip assets: folders by object key. */
  readonly assets: ReadonlyMap<string, string>
  /** Exports of all stacks, by name. */
  readonly exports: ReadonlyMap<string, string>
  /** Unsupported types are skipped, and reported. */
  readonly ignoreUnknown: boolean
  /** ClientRequestToken of the request; events contain it. */
  readonly token: string | undefined
  /** @throws Error if these outputs remove or change an export that another stack uses */
  readonly requireExports: (outputs: readonly StackOutput[]) => void
  /** Called after every event. */
  readonly changed: (() => void) | undefined
}

/** One operation on one stack: it records events and evaluates the template. */
export class Operation {
  readonly stack: Stack
  readonly services: Services
  readonly settings: OperationSettings
  readonly place: StackPlace
  /** Number of resources, and the progress: for the journal. */
  total = 0
  #done = 0

  constructor(stack: Stack, settings: OperationSettings) {
    const { stackName, stackId } = stack
    this.stack = stack
    this.services = settings.services
    this.settings = settings
    this.place = { stackName, stackId, assets: settings.assets }
  }

  stackEvent(status: string, reason?: string): void {
    const { stack } = this
    Object.assign(stack, { status, reason, updatedAt: this.services.clock.now() })
    this.#event(stack.stackName, stack.stackId, 'AWS::CloudFormation::Stack', status, reason)
  }

  resourceEvent({ logicalId, physicalId, type }: StackResource, status: string, reason?: string): void {
    this.#event(logicalId, physicalId, type, status, reason)
    if (status.endsWith('_IN_PROGRESS')) return
    const { journal, clock } = this.services
    this.#done += 1
    const failed = status.endsWith('_FAILED')
    journal({
      at: clock.now(),
      service: 'cloudformation',
      event: status,
      outcome: failed ? 'failed' : 'ok',
      detail: reason,
      fields: { stackName: this.stack.stackName, logicalId, type, index: this.#done, total: this.total },
    })
  }

  /** The record after an event; undefined members of `more` stay unchanged. */
  record(resource: StackResource, status: string, more: Partial<StackResource> = {}, reason?: string): StackResource {
    const next = { ...resource, ...more, status, reason, at: this.services.clock.now() }
    this.stack.resources.set(resource.logicalId, next)
    return next
  }

  /** @throws RealisationError for an unsupported type */
  type(name: string, logicalId: string): ResourceType {
    const found = findResourceType(name) ?? (this.settings.ignoreUnknown ? leftOut : undefined)
    if (found !== undefined) return found
    const { stackName } = this.stack
    const message = `${stackName}: the stand-in does not model resources of type ${name} (${logicalId})`
    throw new RealisationError('unsupported', message, { stackName, logicalId })
  }

  /** Evaluates a definition with the current resources. */
  scope(definition: StackDefinition = this.stack.definition): Scope {
    const { stackName, stackId, resources } = this.stack
    const { accountId, region } = this.services
    return {
      template: definition.template,
      pseudo: { accountId, region, stackName, stackId },
      parameters: { ...definition.parameters, ...definition.resolvedParameters },
      exports: this.#exports(),
      ref: (logicalId) => resources.get(logicalId)?.physicalId,
      getAtt: (logicalId, attribute) => this.#attribute(logicalId, attribute),
    }
  }

  /** The current outputs. */
  outputs(): StackOutput[] {
    const scope = this.scope()
    const present = Object.entries(this.stack.definition.template.Outputs ?? {}).filter(
      ([, { Condition }]) => Condition === undefined || conditionHolds(Condition, scope),
    )
    return present.map(([key, { Description, Value, Export }]: [string, TemplateOutput]) => ({
      key,
      value: String(resolveValue(Value, scope)),
      description: Description,
      exportName: Export && String(resolveValue(Export.Name, scope)),
    }))
  }

  /** Imports are recorded: an export in use cannot be removed. */
  #exports(): Scope['exports'] {
    const { exports } = this.settings
    const { imports } = this.stack
    return {
      get: (name) => {
        if (exports.has(name)) imports.add(name)
        return exports.get(name)
      },
    }
  }

  #attribute(logicalId: string, attribute: string): unknown {
    const { stackName, resources } = this.stack
    const found = resources.get(logicalId)
    const value = found?.attributes[attribute]
    if (value !== undefined) return value
    if (found !== undefined && findResourceType(found.type) === undefined) {
      return attribute.endsWith('Arn') ? unknownArn(found, this.services) : `${found.physicalId}.${attribute}`
    }
    const reason = found === undefined ? 'does not exist' : `has no attribute ${attribute} here`
    throw new RealisationError('template', `${stackName}: resource ${logicalId} ${reason}`, { stackName, logicalId })
  }

  #event(logicalId: string, physicalId: string, type: string, status: string, reason?: string): void {
    const { token, changed } = this.settings
    const last = this.stack.events.at(-1)?.at ?? 0
    this.stack.events.push({
      eventId: `${logicalId}-${status}-${randomUUID()}`,
      logicalId,
      physicalId,
      type,
      status,
      reason,
      // Timestamps are unique, because readers sort by time.
      at: Math.max(this.services.clock.now(), last + 1),
      token,
    })
    changed?.()
  }
}

/** An ARN for use in policies, without a resource behind it. */
function unknownArn({ type, physicalId }: StackResource, { region, accountId }: Services): string {
  const service = type.split('::')[1]?.toLowerCase() ?? 'unknown'
  return `arn:aws:${service}:${region}:${accountId}:${physicalId}`
}
