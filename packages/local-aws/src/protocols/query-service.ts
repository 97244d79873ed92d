import type { JournalEntry } from '../journal.js'
import { errorXml, type QueryApi, successXml } from './query.js'
import { ServiceError } from './service-error.js'
import {
  type Answer,
  type Asked,
  type Call,
  type ServiceHandler,
  type ServiceProtocol,
  type ServiceSettings,
  signedService,
} from './signed-service.js'
import type { XmlTree } from './xml.js'

export interface QueryOutput {
  readonly result: XmlTree
  /** For the journal; no secrets. */
  readonly fields?: NonNullable<JournalEntry['fields']>
}

/** An operation of a Query protocol service, with its input. @throws ServiceError */
export type QueryOperation = (
  call: Call & { readonly parameters: URLSearchParams },
) => Promise<QueryOutput> | QueryOutput

/** An operation that authenticates its caller itself. @throws ServiceError */
export type UnsignedQueryOperation = (
  asked: Asked & { readonly parameters: URLSearchParams },
) => Promise<QueryOutput & { readonly principal: string }>

export interface QueryProtocol
  extends Pick<ServiceProtocol, 'largestBody' | 'requestedRegion' | 'scope' | 'fields' | 'admit'> {
  readonly api: QueryApi & { readonly service: ServiceProtocol['service'] }
  readonly operations: ReadonlyMap<string, QueryOperation>
  readonly unsigned?: ReadonlyMap<string, UnsignedQueryOperation>
}

/** Dispatches operations by name; an unknown name is refused with a list of the supported ones. */
export function queryService(settings: ServiceSettings, protocol: QueryProtocol): ServiceHandler {
  const { api, operations } = protocol
  const unsigned = protocol.unsigned ?? new Map<string, UnsignedQueryOperation>()
  const known = [...operations.keys(), ...unsigned.keys()]
  const xml = { 'content-type': 'text/xml' }
  const answer = (action: string, requestId: string, { result, ...rest }: QueryOutput): Answer => ({
    ...rest,
    reply: { status: 200, headers: xml, body: successXml(api, action, result, requestId) },
  })
  return signedService(settings, {
    ...protocol,
    service: api.service,
    event(asked) {
      const action = parametersOf(asked).get('Action') ?? ''
      return known.includes(action) ? action : ''
    },
    unsigned(asked, requestId) {
      const parameters = parametersOf(asked)
      const action = parameters.get('Action') ?? ''
      const operation = parameters.get('Version') === api.version ? unsigned.get(action) : undefined
      return operation?.({ ...asked, parameters }).then((output) => answer(action, requestId, output))
    },
    async operate(call, requestId) {
      const parameters = parametersOf(call)
      const action = parameters.get('Action')
      if (action === null) throw new ServiceError('MissingAction', 400, 'Missing Action')
      const version = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'
      const operation = version === api.version ? operations.get(action) : undefined
      if (operation === undefined) {
        const message = `Could not find operation ${action} for version ${version}. This stand-in has ${known.join(', ')}, all of version ${api.version}.`
        throw new ServiceError('InvalidAction', 400, message)
      }
      return answer(action, requestId, await operation({ ...call, parameters }))
    },
    refuse: ({ code, status, message }, requestId) => ({
      status,
      headers: xml,
      body: errorXml(api, code, status, message, requestId),
    }),
  })
}

/** The parameters of a Query request, from its body or its query. */
export function parametersOf({ method, query, body }: Pick<Asked, 'method' | 'query' | 'body'>): URLSearchParams {
  return new URLSearchParams(method === 'POST' ? body.toString() : query)
}
