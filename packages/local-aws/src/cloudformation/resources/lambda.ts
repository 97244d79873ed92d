import { authorizeService, type Role } from '../../iam/index.js'
import { type FunctionConfiguration, type FunctionRuntime, reservedVariables } from '../../lambda/index.js'
import type { Services } from '../services.js'
import { alreadyExists, ServiceFailure } from './failure.js'
import type { ResourceRequest, ResourceType } from './resource-type.js'

/** `AWS::Lambda::Function`, from a zip asset. */
export const lambdaFunction: ResourceType = {
  honoured: [
    'Code',
    'Environment',
    'FunctionName',
    'Handler',
    'LoggingConfig',
    'MemorySize',
    'PackageType',
    'ReservedConcurrentExecutions',
    'Role',
    'Runtime',
    'Timeout',
  ],
  // Tracing and log levels only filter or add records; the code runs on this machine's processor and disk.
  inert: ['Architectures', 'Description', 'EphemeralStorage', 'RecursiveLoop', 'Tags', 'TracingConfig'],
  replacedBy: ['FunctionName', 'PackageType', 'TenancyConfig'],
  named: 'FunctionName',
  async create(request) {
    const { properties, services, physicalName } = request
    const functionName = properties.optionalText('FunctionName') ?? request.physicalId ?? physicalName(64)
    const configuration = await configure(request, functionName)
    if (services.functions.byArn.has(configuration.arn)) throw alreadyExists(request.type, functionName)
    services.functions.create(configuration)
    return { ref: functionName, attributes: { Arn: configuration.arn } }
  },
  async update(request) {
    const { services, physicalId, attributes } = request
    findFunction(services, physicalId).update(await configure(request, physicalId))
    return { ref: physicalId, attributes }
  },
  delete: ({ services, attributes }) => services.functions.delete(String(attributes.Arn)),
}

/** `AWS::Lambda::Version`: an immutable copy of the function. */
export const version: ResourceType = {
  honoured: ['FunctionName'],
  inert: ['CodeSha256', 'Description'],
  replacedBy: ['CodeSha256', 'Description', 'FunctionName', 'ProvisionedConcurrencyConfig', 'RuntimePolicy'],
  create({ properties, services, physicalId }) {
    const { configuration } = findFunction(services, properties.text('FunctionName'))
    const number = physicalId?.split(':').at(-1) ?? services.functions.nextVersion(configuration.arn)
    const arn = `${configuration.arn}:${number}`
    services.functions.create({ ...configuration, arn, version: number })
    return { ref: arn, attributes: { FunctionArn: arn, Version: number } }
  },
  delete: ({ services, physicalId }) => services.functions.delete(physicalId),
}

/** `AWS::Lambda::Permission` */
export const permission: ResourceType = {
  honoured: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  replacedBy: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  create(request) {
    const { properties, services } = request
    const sid = request.physicalId ?? request.physicalName(100)
    findFunction(services, properties.text('FunctionName')).policy.add(sid, {
      principal: properties.text('Principal'),
      action: properties.text('Action'),
      sourceArn: properties.optionalText('SourceArn'),
      sourceAccount: properties.optionalText('SourceAccount'),
    })
    return { ref: sid, attributes: { Id: sid } }
  },
  delete({ properties, services, physicalId }) {
    lookUpFunction(services, properties.text('FunctionName'))?.policy.remove(physicalId)
  },
}

/** By ARN, by the ARN of its version, or by name. @throws ServiceFailure */
export function findFunction(services: Services, nameOrArn: string): FunctionRuntime {
  const found = lookUpFunction(services, nameOrArn)
  if (found !== undefined) return found
  throw new ServiceFailure(`Function not found: ${nameOrArn}`, { service: 'Lambda', status: 404, code: 'NotFound' })
}

function lookUpFunction({ functions }: Services, nameOrArn: string): FunctionRuntime | undefined {
  const named = ({ configuration: { functionName, version: number } }: FunctionRuntime) =>
    functionName === nameOrArn && number === undefined
  return functions.byArn.get(nameOrArn) ?? [...functions.byArn.values()].find(named)
}

async function configure(request: ResourceRequest, functionName: string): Promise<FunctionConfiguration> {
  const { properties, services, stack } = request
  const runtime = properties.text('Runtime')
  if (!/^nodejs\d+\.x$/u.test(runtime)) throw new Error(`the stand-in runs Node.js functions, not ${runtime}`)
  if ((properties.optionalText('PackageType') ?? 'Zip') !== 'Zip') {
    throw new Error('the stand-in does not support container images')
  }
  const environment = properties.nested('Environment')?.only('Variables').map('Variables') ?? {}
  const reserved = reservedVariables(environment)
  if (reserved.length > 0) {
    throw new Error(
      `Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys: ${reserved.join(', ')}`,
    )
  }
  const logging = properties
    .nested('LoggingConfig')
    ?.only('ApplicationLogLevel', 'LogFormat', 'LogGroup', 'SystemLogLevel')
  const code = properties.nested('Code')?.only('S3Bucket', 'S3Key', 'ZipFile')
  return {
    functionName,
    arn: `arn:aws:lambda:${services.region}:${services.accountId}:function:${functionName}`,
    runtime,
    handler: properties.text('Handler'),
    codeDirectory: await services.code.find(stack.assets, {
      bucket: code?.optionalText('S3Bucket') ?? '',
      key: code?.optionalText('S3Key'),
      source: code?.optionalText('ZipFile'),
    }),
    environment,
    timeoutSeconds: within('Timeout', properties.optionalNumber('Timeout') ?? 3, 1, 900),
    memoryMegabytes: within('MemorySize', properties.optionalNumber('MemorySize') ?? 128, 128, 10_240),
    roleArn: executionRole(services, properties.text('Role')).arn,
    logGroup: logging?.optionalText('LogGroup') ?? `/aws/lambda/${functionName}`,
    logFormat: logging?.optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text',
    reservedConcurrency: properties.optionalNumber('ReservedConcurrentExecutions'),
  }
}

/** Lambda refuses a function whose role does not trust Lambda. */
function executionRole({ directory }: Services, arn: string): Role {
  const role = directory.role(arn)
  if (role === undefined) throw new Error(`there is no role ${arn}`)
  const trust = { name: `trust policy of ${role.roleName}`, document: role.trustPolicy }
  const decision = authorizeService('lambda.amazonaws.com', { action: 'sts:AssumeRole', resource: arn }, trust)
  if (decision.outcome !== 'Allowed') {
    throw new Error(`The role defined for the function cannot be assumed by Lambda: ${decision.reason}`)
  }
  return role
}

function within(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new Error(`the property ${name} must be an integer from ${least} to ${most}, not ${value}`)
}
