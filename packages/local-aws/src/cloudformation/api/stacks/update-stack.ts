import { listParameter } from '../../../protocols/query.js'
import { updateStack as update } from '../../stacks/operations/update.js'
import { planChanges } from '../../stacks/plan.js'
import { readDefinition } from '../definition.js'
import { type ApiInput, findStack, invalid, passedRole } from '../input.js'
import { requireUpdatable } from '../requirements.js'
import { requireCapabilities } from './capabilities.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html */
export async function updateStack(input: ApiInput) {
  const { parameters, stacks } = input
  const stack = findStack(input, 'UpdateStack')
  requireUpdatable(stack)
  const roleArn = passedRole(input)
  const definition = await readDefinition(input, stack)
  requireCapabilities(definition.template, listParameter(parameters, 'Capabilities'))
  const { template, tags } = stack.definition
  const same =
    planChanges(stack, definition, stacks.settings(stack)).length === 0 &&
    JSON.stringify([template.Outputs, tags]) === JSON.stringify([definition.template.Outputs, definition.tags])
  if (same) throw invalid('No updates are to be performed.')
  stack.disableRollback = parameters.get('DisableRollback') === 'true'
  if (roleArn !== undefined) stack.roleArn = roleArn
  stacks.begin(stack, (op) => update(op, definition), parameters.get('ClientRequestToken') ?? undefined)
  return { StackId: stack.stackId }
}
