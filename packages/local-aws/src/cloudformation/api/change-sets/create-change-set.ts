import { randomUUID } from 'node:crypto'
import { listParameter } from '../../../protocols/query.js'
import { ServiceError } from '../../../protocols/service-error.js'
import { planChanges } from '../../stacks/plan.js'
import type { ChangeSet, Stack } from '../../stacks/stack.js'
import { emptyStack } from '../../stacks/stacks.js'
import { readDefinition } from '../definition.js'
import { type ApiInput, invalid, may, passedRole, required, stackArn } from '../input.js'
import { requireUpdatable } from '../requirements.js'
import { requireCapabilities } from '../stacks/capabilities.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html */
export async function createChangeSet(input: ApiInput) {
  const { parameters, stacks } = input
  const { clock, region, accountId } = stacks.services
  const stackName = required(input, 'StackName')
  const name = required(input, 'ChangeSetName')
  const type = parameters.get('ChangeSetType') ?? 'UPDATE'
  const standing = stacks.find(stackName)
  may(input, 'CreateChangeSet', standing?.stackId ?? stackArn(input, stackName))
  if (type !== 'CREATE' && type !== 'UPDATE') throw invalid(`The stand-in does not model change sets of type ${type}`)
  const existing = requireFitting(type, standing, stackName, name)
  const roleArn = passedRole(input)
  const definition = await readDefinition(input, existing)
  requireCapabilities(definition.template, listParameter(parameters, 'Capabilities'))
  const stack =
    existing ?? emptyStack({ stackName, stackId: stackArn(input, stackName, randomUUID()), now: clock.now() })
  if (stack.changeSets.has(name)) {
    throw new ServiceError('AlreadyExistsException', 400, `ChangeSet ${name} already exists`)
  }
  if (existing === undefined) stacks.review(stack)
  const changes = planChanges(stack, definition, stacks.settings(stack))
  const sameOutputs = JSON.stringify(stack.definition.template.Outputs) === JSON.stringify(definition.template.Outputs)
  const sameTags = JSON.stringify(stack.definition.tags) === JSON.stringify(definition.tags)
  const empty = changes.length === 0 && sameOutputs && sameTags
  const description = parameters.get('Description')
  const id = `arn:aws:cloudformation:${region}:${accountId}:changeSet/${name}/${randomUUID()}`
  const changeSet: ChangeSet = {
    name,
    id,
    type,
    ...(description === null ? {} : { description }),
    createdAt: clock.now(),
    ...(empty
      ? {
          status: 'FAILED',
          reason:
            "The submitted information didn't contain changes. Submit different information to create a change set.",
          executionStatus: 'UNAVAILABLE',
        }
      : { status: 'CREATE_COMPLETE', executionStatus: 'AVAILABLE' }),
    definition,
    ...(roleArn === undefined ? {} : { roleArn }),
    capabilities: listParameter(parameters, 'Capabilities'),
    changes,
  }
  stack.changeSets.set(name, changeSet)
  stacks.touch()
  return { Id: id, StackId: stack.stackId }
}

function requireFitting(
  type: 'CREATE' | 'UPDATE',
  stack: Stack | undefined,
  stackName: string,
  name: string,
): Stack | undefined {
  if (type === 'CREATE') {
    if (stack === undefined || stack.status === 'REVIEW_IN_PROGRESS') return stack
    throw invalid(`Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`)
  }
  if (stack === undefined) throw invalid(`Stack [${stackName}] does not exist`)
  requireUpdatable(stack)
  return stack
}
