import { isRecord, parseJson } from '@topic-credentials/project'
import { ServiceError } from '../protocols/service-error.js'
import {
  type Asked,
  demand,
  type ServiceHandler,
  type ServiceSettings,
  signedService,
} from '../protocols/signed-service.js'
import type { Parameter, Parameters } from './parameters.js'

/** The request's body, and its parameters by name: undefined for one that does not exist. */
type Operation = (
  request: Readonly<Record<string, unknown>>,
  /** @throws ServiceError if the caller has no permission for the parameter */
  find: (name: string) => Parameter | undefined,
  describe: (parameter: Parameter) => object,
) => object

/** Each is described at https://docs.aws.amazon.com/systems-manager/latest/APIReference/ under `API_` and its name. */
const operations: Readonly<Record<string, Operation>> = {
  GetParameter({ Name }, find, describe) {
    const found = find(String(Name))
    if (found === undefined) throw new ServiceError('ParameterNotFound', 400, `Parameter ${Name} not found.`)
    return { Parameter: describe(found) }
  },
  /** At most ten. */
  GetParameters({ Names }, find, describe) {
    const names = Array.isArray(Names) ? Names.map(String) : []
    if (names.length === 0 || names.length > 10) {
      throw new ServiceError('ValidationException', 400, `Names must have from 1 to 10 members, not ${names.length}`)
    }
    const found = new Map(names.map((name) => [name, find(name)]))
    return {
      Parameters: [...found.values()].filter((one) => one !== undefined).map(describe),
      InvalidParameters: names.filter((name) => found.get(name) === undefined),
    }
  },
}

/** The part of Systems Manager that deployments read. JSON 1.1: https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export function ssmService(settings: ServiceSettings, parameters: Parameters): ServiceHandler {
  const { region, accountId } = settings
  const arn = (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//u, '')}`
  const describe = ({ name, value, version, at }: Parameter) => ({
    Name: name,
    Type: 'String',
    Value: value,
    Version: version,
    LastModifiedDate: at / 1000,
    ARN: arn(name),
    DataType: 'text',
  })
  const json = { 'content-type': 'application/x-amz-json-1.1' }
  const event = ({ headers }: Asked) => String(headers['x-amz-target']).replace(/^AmazonSSM\./u, '')
  return signedService(settings, {
    service: 'ssm',
    largestBody: 262_144,
    event,
    async operate(call) {
      const action = event(call)
      const operation = Object.hasOwn(operations, action) ? operations[action] : undefined
      if (operation === undefined) {
        const message = `The stand-in supports ${Object.keys(operations).join(' and ')} of Systems Manager, not ${action}`
        throw new ServiceError('UnknownOperationException', 400, message)
      }
      const find = (name: string) => {
        demand(call, `ssm:${action}`, arn(name), 'AccessDeniedException')
        return parameters.find(name)
      }
      const answer = operation(readObject(call.body), find, describe)
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
