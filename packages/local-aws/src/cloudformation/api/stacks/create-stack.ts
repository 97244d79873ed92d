import { randomUUID } from 'node:crypto'
import { listParameter } from '../../../protocols/query.js'
import { ServiceError } from '../../../protocols/service-error.js'
import { createStack as create } from '../../stacks/operations/create.js'
import { emptyStack } from '../../stacks/stacks.js'
import { readDefinition } from '../definition.js'
import { type ApiInput, may, passedRole, required, stackArn } from '../input.js'
import { requireCapabilities } from './capabilities.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html */
export async function createStack(input: ApiInput) {
  const { parameters, stacks } = input
  const stackName = required(input, 'StackName')
  may(input, 'CreateStack', stackArn(input, stackName))
  if (stacks.find(stackName) !== undefined) {
    throw new ServiceError('AlreadyExistsException', 400, `Stack [${stackName}] already exists`)
  }
  const roleArn = passedRole(input)
  const definition = await readDefinition(input)
  requireCapabilities(definition.template, listParameter(parameters, 'Capabilities'))
  const stackId = stackArn(input, stackName, randomUUID())
  const stack = emptyStack({ stackName, stackId, now: stacks.services.clock.now() })
  stack.definition = definition
  stack.disableRollback = parameters.get('DisableRollback') === 'true' || parameters.get('OnFailure') === 'DO_NOTHING'
  stack.terminationProtection = parameters.get('EnableTerminationProtection') === 'true'
  if (roleArn !== undefined) stack.roleArn = roleArn
  stacks.add(stack)
  stacks.begin(stack, create, parameters.get('ClientRequestToken') ?? undefined)
  return { StackId: stackId }
}
