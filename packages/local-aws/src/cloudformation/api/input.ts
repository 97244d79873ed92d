import { authorizeService } from '../../iam/index.js'
import { requiredParameter } from '../../protocols/query.js'
import { ServiceError } from '../../protocols/service-error.js'
import { type Call, demand } from '../../protocols/signed-service.js'
import type { Buckets } from '../../s3/buckets.js'
import type { Parameters } from '../../ssm/parameters.js'
import type { Operation } from '../stacks/operations/operation.js'
import type { Stack } from '../stacks/stack.js'
import type { Stacks } from '../stacks/stacks.js'

/** The context of an operation besides its parameters. */
export interface ApiContext {
  readonly stacks: Stacks
  readonly buckets: Buckets
  readonly ssm: Parameters
}

export interface ApiInput extends ApiContext {
  readonly call: Call
  readonly parameters: URLSearchParams
}

/** A ValidationError, CloudFormation's code for almost all errors. */
export function invalid(message: string): ServiceError {
  return new ServiceError('ValidationError', 400, message)
}

/** @throws ServiceError if it is absent */
export function required({ parameters }: ApiInput, name: string): string {
  return requiredParameter(parameters, name)
}

/** Whether a parameter is `true`. */
export function isSet({ parameters }: ApiInput, name: string): boolean {
  return parameters.get(name) === 'true'
}

/** The requested stack, after the permission check. @throws ServiceError */
export function findStack(input: ApiInput, action: string): Stack {
  const name = required(input, 'StackName')
  const found = input.stacks.find(name)
  may(input, action, found?.stackId ?? stackArn(input, name))
  if (found !== undefined) return found
  throw invalid(
    /^(DescribeStackEvents|CreateChangeSet)$/u.test(action)
      ? `Stack [${name}] does not exist`
      : `Stack with id ${name} does not exist`,
  )
}

/** @throws ServiceError */
export function may({ call }: ApiInput, action: string, resource: string): void {
  demand(call, `cloudformation:${action}`, resource)
}

export function stackArn({ stacks: { services } }: ApiInput, nameOrArn: string, id = '*'): string {
  if (nameOrArn.startsWith('arn:')) return nameOrArn
  return `arn:aws:cloudformation:${services.region}:${services.accountId}:stack/${nameOrArn}/${id}`
}

/**
 * The role with which CloudFormation acts: the caller must be allowed to pass it, and it must trust CloudFormation.
 *
 * @throws ServiceError
 */
export function passedRole(input: ApiInput): string | undefined {
  const arn = input.parameters.get('RoleARN')
  if (arn === null || arn === '') return undefined
  demand(input.call, 'iam:PassRole', arn)
  const role = input.stacks.services.directory.role(arn)
  const trusted =
    role !== undefined &&
    authorizeService(
      'cloudformation.amazonaws.com',
      { action: 'sts:AssumeRole', resource: arn },
      { name: `role ${role.roleName}: trust policy`, document: role.trustPolicy },
    ).outcome === 'Allowed'
  if (trusted) return arn
  throw invalid(`Role ${arn} is invalid or cannot be assumed`)
}

/** Starts an operation. The stack keeps the role, if one was passed; events contain the request's token. */
export function begin(
  { parameters, stacks }: ApiInput,
  stack: Stack,
  roleArn: string | undefined,
  work: (op: Operation) => Promise<void>,
): void {
  if (roleArn !== undefined) stack.roleArn = roleArn
  stacks.begin(stack, work, parameters.get('ClientRequestToken') ?? undefined)
}

/** `Name.member.1.Key`, `Name.member.1.Value`, …: values by key. */
export function pairs(parameters: URLSearchParams, name: string, key: string, value: string): Record<string, string> {
  const found: [string, string][] = []
  for (let index = 1; ; index++) {
    const prefix = `${name}.member.${index}.`
    const one = parameters.get(`${prefix}${key}`)
    if (one === null) return Object.fromEntries(found)
    found.push([one, parameters.get(`${prefix}${value}`) ?? ''])
  }
}

/** ISO 8601 in CloudFormation's format. */
export function time(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : new Date(milliseconds).toISOString()
}
