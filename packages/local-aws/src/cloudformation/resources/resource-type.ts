import { createHash } from 'node:crypto'
import type { HttpApi, Integration, JwtAuthorizer } from '../../apigateway/index.js'
import type { Services } from '../services.js'
import { Properties } from './properties.js'

/** What a realised resource answers to `Ref` and `Fn::GetAtt`. */
export interface Realised {
  readonly ref: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** What resources of one stack leave for those that come after them. */
export interface StackState {
  readonly stackName: string
  /** Folder of a zip asset, by object key. */
  readonly assets: ReadonlyMap<string, string>
  readonly apis: Map<string, HttpApi>
  readonly integrations: Map<string, Integration>
  readonly authorizers: Map<string, JwtAuthorizer>
}

/** One resource on its way into being. */
export interface ResourceRequest {
  readonly logicalId: string
  readonly type: string
  readonly properties: Properties
  readonly services: Services
  readonly stack: StackState
  /** A name of at most so many characters, as CloudFormation makes them: `stack-logicalId-suffix`; the same at each start. */
  physicalName(longest: number): string
}

/** Makes resources of one type. */
export interface ResourceType {
  /** Properties that have their meaning here. */
  readonly honoured: readonly string[]
  /** Properties that are accepted though nothing here depends on them; `all` for a type that does nothing here. */
  readonly inert?: readonly string[] | 'all'
  create(request: ResourceRequest): Promise<Realised> | Realised
}

/** Prepares a request; refuses properties that the type does not know. */
export function resourceRequest(
  { honoured, inert = [] }: ResourceType,
  { logicalId, type, values }: { logicalId: string; type: string; values: Readonly<Record<string, unknown>> },
  services: Services,
  stack: StackState,
): ResourceRequest {
  const properties = new Properties(values)
  if (inert !== 'all') properties.only(...honoured, ...inert)
  const physicalName = (longest: number) => {
    const digest = createHash('sha256').update(`${stack.stackName}/${logicalId}`).digest('hex').slice(0, 12)
    return `${`${stack.stackName}-${logicalId}`.slice(0, longest - 13)}-${digest}`
  }
  return { logicalId, type, properties, services, stack, physicalName }
}
