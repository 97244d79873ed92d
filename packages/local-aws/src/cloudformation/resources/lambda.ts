import { stat } from 'node:fs/promises'
import { authorizeService, type Role } from '../../iam/index.js'
import { type FunctionRuntime, reservedVariables } from '../../lambda/index.js'
import type { Services } from '../services.js'
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
  // Tracing and log levels filter or add records; the code runs on this machine's processor and disk.
  inert: ['Architectures', 'Description', 'EphemeralStorage', 'RecursiveLoop', 'Tags', 'TracingConfig'],
  async create(request) {
    const { properties, services, physicalName } = request
    const functionName = properties.optionalText('FunctionName') ?? physicalName(64)
    const arn = `arn:aws:lambda:${services.region}:${services.accountId}:function:${functionName}`
    const runtime = properties.text('Runtime')
    if (!/^nodejs\d+\.x$/u.test(runtime)) throw new Error(`the stand-in runs Node.js functions, not ${runtime}`)
    if ((properties.optionalText('PackageType') ?? 'Zip') !== 'Zip') {
      throw new Error('the stand-in runs no container images')
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
    const reservedConcurrency = properties.optionalNumber('ReservedConcurrentExecutions')
    services.createFunction({
      functionName,
      arn,
      runtime,
      handler: properties.text('Handler'),
      codeDirectory: await codeDirectory(request),
      environment,
      timeoutSeconds: within('Timeout', properties.optionalNumber('Timeout') ?? 3, 1, 900),
      memoryMegabytes: within('MemorySize', properties.optionalNumber('MemorySize') ?? 128, 128, 10_240),
      roleArn: executionRole(services, properties.text('Role')).arn,
      logGroup: logging?.optionalText('LogGroup') ?? `/aws/lambda/${functionName}`,
      logFormat: logging?.optionalText('LogFormat') === 'JSON' ? 'JSON' : 'Text',
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
    })
    return { ref: functionName, attributes: { Arn: arn } }
  },
}

/** `AWS::Lambda::Version`: there is one version, the code in the assembly. */
export const version: ResourceType = {
  honoured: ['FunctionName'],
  inert: ['CodeSha256', 'Description'],
  create({ properties, services }) {
    const { arn } = findFunction(services, properties.text('FunctionName')).configuration
    return { ref: `${arn}:1`, attributes: { FunctionArn: `${arn}:1`, Version: '1' } }
  },
}

/** `AWS::Lambda::Permission` */
export const permission: ResourceType = {
  honoured: ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn'],
  create({ properties, services, physicalName }) {
    const sid = physicalName(100)
    const sourceArn = properties.optionalText('SourceArn')
    const sourceAccount = properties.optionalText('SourceAccount')
    findFunction(services, properties.text('FunctionName')).policy.add({
      principal: properties.text('Principal'),
      action: properties.text('Action'),
      ...(sourceArn === undefined ? {} : { sourceArn }),
      ...(sourceAccount === undefined ? {} : { sourceAccount }),
    })
    return { ref: sid, attributes: { Id: sid } }
  },
}

/** By ARN, by the ARN of its version, or by name. */
export function findFunction({ functions }: Services, nameOrArn: string): FunctionRuntime {
  const arn = nameOrArn.split(':').slice(0, 7).join(':')
  const found =
    functions.get(arn) ?? [...functions.values()].find(({ configuration }) => configuration.functionName === nameOrArn)
  if (found === undefined) throw new Error(`Function not found: ${nameOrArn}`)
  return found
}

async function codeDirectory({ properties, stack }: ResourceRequest): Promise<string> {
  const code = properties.nested('Code')?.only('S3Bucket', 'S3Key')
  const key = code?.text('S3Key') ?? ''
  const directory = stack.assets.get(key)
  if (directory === undefined) throw new Error(`the assembly has no zip asset ${key}`)
  const there = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!there) throw new Error(`the asset ${directory} is not a folder: run 'cdk synth' again`)
  return directory
}

/** Lambda refuses a function whose role does not let Lambda assume it. */
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
  throw new Error(`the property ${name} must be a whole number from ${least} to ${most}, not ${value}`)
}
