import { errorXml, type QueryApi, successXml } from './query.js'
import { type Call, ServiceError, type ServiceHandler, type ServiceSettings, signedService } from './signed-service.js'
import type { XmlTree } from './xml.js'

/** An operation of a service of the Query protocol, given what it is asked with. @throws ServiceError */
export type QueryOperation = (call: Call & { readonly parameters: URLSearchParams }) => Promise<XmlTree> | XmlTree

/** Serves operations by their names; a name that is not known is refused with those that are. */
export function queryService(
  settings: ServiceSettings,
  api: QueryApi & { readonly service: 'cloudformation' },
  operations: ReadonlyMap<string, QueryOperation>,
  largestBody: number,
): ServiceHandler {
  const xml = { 'content-type': 'text/xml' }
  return signedService(settings, {
    service: api.service,
    largestBody,
    event: (call) => parametersOf(call).get('Action') ?? '',
    async operate(call, requestId) {
      const parameters = parametersOf(call)
      const action = parameters.get('Action') ?? ''
      const version = parameters.get('Version') ?? 'NO_VERSION_SPECIFIED'
      const operation = version === api.version ? operations.get(action) : undefined
      if (operation === undefined) {
        const known = [...operations.keys()].join(', ')
        const message = `Could not find operation ${action} for version ${version}. This stand-in has ${known}, all of version ${api.version}.`
        throw new ServiceError('InvalidAction', 400, message)
      }
      const result = await operation({ ...call, parameters })
      const stackName = parameters.get('StackName')
      return {
        reply: { status: 200, headers: xml, body: successXml(api, action, result, requestId) },
        fields: stackName === null ? {} : { stackName },
      }
    },
    refuse: ({ code, status, message }, requestId) => ({
      status,
      headers: xml,
      body: errorXml(api, code, status, message, requestId),
    }),
  })
}

function parametersOf({ method, query, body }: Pick<Call, 'method' | 'query' | 'body'>): URLSearchParams {
  return new URLSearchParams(method === 'POST' ? body.toString() : query)
}
