import { createHash } from 'node:crypto'
import type { Services } from '../services.js'
import { Properties } from './properties.js'

/** What a realised resource answers to `Ref` and `Fn::GetAtt`. */
export interface Realised {
  /** The physical ID. */
  readonly ref: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** The stack that a resource belongs to. */
export interface StackPlace {
  readonly stackName: string
  readonly stackId: string
  /** Folder of a zip asset that the stack brought along, by object key; the account's bucket is asked where it brought none. */
  readonly assets: ReadonlyMap<string, string>
}

/** One resource on its way into being. */
export interface ResourceRequest {
  readonly logicalId: string
  readonly type: string
  readonly properties: Properties
  readonly services: Services
  readonly stack: StackPlace
  /** The name that it had: it comes back after a restart of the stand-in. Whoever makes up names takes this one. */
  readonly physicalId?: string
  /** A name of at most so many characters, as CloudFormation makes them: `stack-logicalId-suffix`; another one at each replacement. */
  physicalName(longest: number): string
}

/** A resource that stands already. */
export interface StandingRequest extends ResourceRequest {
  readonly physicalId: string
  readonly attributes: Readonly<Record<string, unknown>>
}

export interface UpdateRequest extends StandingRequest {
  /** The properties that it has now. */
  readonly before: Properties
}

/** How resources of one type come, change and go. */
export interface ResourceType {
  /** Properties that have their meaning here. */
  readonly honoured: readonly string[]
  /** Properties that are accepted though nothing here depends on them; `all` for a type that does nothing here. */
  readonly inert?: readonly string[] | 'all'
  /** Properties whose change makes another resource: `createOnlyProperties` of the type's schema. */
  readonly replacedBy?: readonly string[]
  /** An update may answer another physical ID; what had the former one is deleted afterwards. Custom resources alone do so. */
  readonly replacesItself?: true
  /** It is written down with the account, or nowhere in it: after a restart it need not be made again. */
  readonly outlives?: true
  /** The property by which a template may name the resource. */
  readonly named?: string
  create(request: ResourceRequest): Promise<Realised> | Realised
  /** Changes it in place. A type without takes changes of inert properties only. */
  update?(request: UpdateRequest): Promise<Realised> | Realised
  delete?(request: StandingRequest): Promise<void> | void
}

interface Subject {
  readonly logicalId: string
  readonly type: string
  /** Resolved. */
  readonly values: Readonly<Record<string, unknown>>
  readonly physicalId?: string
  /** How many resources of this logical ID there were before. */
  readonly generation?: number
}

/** Prepares a request; refuses properties that the type does not know. */
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
  const named = physicalId === undefined ? {} : { physicalId }
  return { logicalId, type, properties, services, stack, ...named, physicalName }
}

/** Lower-case letters and digits, as API Gateway's IDs are: made of a generated name. */
export function shortId({ physicalName }: ResourceRequest, length: number): string {
  const digest = createHash('sha256').update(physicalName(200)).digest()
  return [...digest.subarray(0, length)].map((byte) => (byte % 36).toString(36)).join('')
}
