import { isRecord, parseJson } from '@topic-credentials/project'
import { ServiceError } from '../protocols/service-error.js'
import { demand, type ServiceHandler, type ServiceSettings, signedService } from '../protocols/signed-service.js'
import { getParameter } from './get-parameter.js'
import { getParameters } from './get-parameters.js'
import type { Operation } from './operation.js'
import type { Parameters } from './parameters.js'

const operations: ReadonlyMap<string, Operation> = new Map([
  ['GetParameter', getParameter],
  ['GetParameters', getParameters],
])

/** The part of Systems Manager that deployments read. JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function ssmService(settings: ServiceSettings, parameters: Parameters): ServiceHandler {
  const { region, accountId } = settings
  const arn = (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//u, '')}`
  const json = { 'content-type': 'application/x-amz-json-1.1' }
  return signedService(settings, {
    service: 'ssm',
    largestBody: 262_144,
    event: ({ headers }) => String(headers['x-amz-target']).replace(/^AmazonSSM\./u, ''),
    async operate(call) {
      const action = String(call.headers['x-amz-target']).replace(/^AmazonSSM\./u, '')
      const operation = operations.get(action)
      if (operation === undefined) {
        const message = `The stand-in supports ${[...operations.keys()].join(' and ')} of Systems Manager, not ${action}`
        throw new ServiceError('UnknownOperationException', 400, message)
      }
      const may = (name: string, parameter: string) => demand(call, name, arn(parameter), 'AccessDeniedException')
      const answer = operation(readObject(call.body), { parameters, may, arn })
      return { reply: { status: 200, headers: json, body: JSON.stringify(answer) } }
    },
    refuse: ({ code, status, message }) => ({
      status,
      headers: { ...json, 'x-amzn-errortype': code },
      body: JSON.stringify({ __type: code, message }),
    }),
  })
}

function readObject(body: Buffer): Readonly<Record<string, unknown>> {
  const value = parseJson(body.toString())
  if (isRecord(value)) return value
  throw new ServiceError('SerializationException', 400, 'The body is not a JSON object')
}
