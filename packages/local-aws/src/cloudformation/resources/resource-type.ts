import { createHash } from 'node:crypto'
import type { Services } from '../services.js'
import { Properties } from './properties.js'

/** The values of a created resource for `Ref` and `Fn::GetAtt`. */
export interface Realised {
  /** The physical ID. */
  readonly ref: string
  readonly attributes?: Readonly<Record<string, unknown>> | undefined
}

/** The stack of a resource. */
export interface StackPlace {
  readonly stackName: string
  readonly stackId: string
  /** Folder of the stack's own zip asset, by object key; otherwise the account's bucket is used. */
  readonly assets: ReadonlyMap<string, string>
}

/** The request to create a resource. */
export interface ResourceRequest {
  readonly logicalId: string
  readonly type: string
  readonly properties: Properties
  readonly services: Services
  readonly stack: StackPlace
  /** Its previous name, when it is restored after a restart. A resource with a generated name must use this one. */
  readonly physicalId?: string | undefined
  /** A generated name of at most this length, in CloudFormation's format `stack-logicalId-suffix`; different for each replacement. */
  physicalName(longest: number): string
}

/** An existing resource. */
export interface StandingRequest extends ResourceRequest {
  readonly physicalId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface UpdateRequest extends StandingRequest {
  /** Its current properties. */
  readonly before: Properties
}

/** The creation, update and deletion of one resource type. */
export interface ResourceType {
  /** Properties that are supported. */
  readonly honoured: readonly string[]
  /** Properties that are accepted without effect; `all` for a type without any effect. */
  readonly inert?: readonly string[] | 'all'
  /** Properties whose change requires replacement: `createOnlyProperties` of the type's schema. */
  readonly replacedBy?: readonly string[]
  /** An update may return a different physical ID; the previous resource is deleted afterwards. Only custom resources do so. */
  readonly replacesItself?: true
  /** It is saved with the account, or has no state in it: after a restart it need not be created again. */
  readonly outlives?: true
  /** The property with the custom name of the resource. */
  readonly named?: string | undefined
  create(request: ResourceRequest): Promise<Realised> | Realised
  /** Updates it in place. A type without this function only accepts changes of inert properties. */
  update?(request: UpdateRequest): Promise<Realised> | Realised
  delete?(request: StandingRequest): Promise<void> | void
}

interface Subject {
  readonly logicalId: string
  readonly type: string
  /** Resolved properties. */
  readonly values: Readonly<Record<string, unknown>>
  readonly physicalId?: string | undefined
  /** Number of earlier physical resources of this logical ID. */
  readonly generation?: number
}

/** Prepares a request; refuses unknown properties. */
export function resourceRequest(
  { honoured, inert = [] }: ResourceType,
  { logicalId, type, values, physicalId, generation = 0 }: Subject,
  services: Services,
  stack: StackPlace,
): ResourceRequest {
  const properties = new Properties(values)
  if (inert !== 'all') properties.only(...honoured, ...inert)
  const seed = [stack.stackId, logicalId, ...(generation === 0 ? [] : [generation])].join('/')
  const physicalName = (longest: number) => {
    const digest = createHash('sha256').update(seed).digest('hex').slice(0, 12)
    return `${`${stack.stackName}-${logicalId}`.slice(0, longest - 13)}-${digest}`
  }
  return { logicalId, type, properties, services, stack, physicalId, physicalName }
}

/** Lower-case letters and digits, like API Gateway's IDs: derived from a generated name. */
export function shortId({ physicalName }: ResourceRequest, length: number): string {
  const digest = createHash('sha256').update(physicalName(200)).digest()
  return [...digest.subarray(0, length)].map((byte) => (byte % 36).toString(36)).join('')
}
