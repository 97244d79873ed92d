import type { AssemblyStack } from '../template/assembly.js'
import { updateStack } from './operations/update.js'
import { planChanges } from './plan.js'
import { realise } from './realise.js'
import type { ResourceChange, Stack } from './stack.js'
import type { Stacks } from './stacks.js'

/** The result for one stack. */
export interface Redeployment {
  readonly stackName: string
  /** Empty: the stack already equals the assembly. */
  readonly changes: readonly ResourceChange[]
  /** Why the update was rolled back, if it was. */
  readonly failure?: string
}

/**
 * Updates the account's stacks to an assembly, in place: connections, sessions and tables stay. New stacks are created; stacks that the
 * assembly does not contain do not change. An update that fails is rolled back.
 *
 * @throws RealisationError for a new stack that cannot be created
 */
export async function redeploy(assembly: readonly AssemblyStack[], stacks: Stacks): Promise<Redeployment[]> {
  const all: Redeployment[] = []
  for (const next of assembly) all.push(await redeployStack(next, stacks))
  return all
}

/** What {@link redeploy} would change in existing stacks, without changing it. */
export async function planRedeployment(assembly: readonly AssemblyStack[], stacks: Stacks): Promise<Redeployment[]> {
  await stacks.idle()
  return assembly.flatMap((next) => {
    const stack = stacks.find(next.stackName)
    return stack === undefined ? [] : [planned(next, stack, stacks)]
  })
}

function planned({ stackName, template }: AssemblyStack, stack: Stack, stacks: Stacks) {
  const definition = { ...stack.definition, template, templateBody: JSON.stringify(template) }
  return { stackName, definition, changes: planChanges(stack, definition, stacks.settings(stack)) }
}

async function redeployStack(next: AssemblyStack, stacks: Stacks): Promise<Redeployment> {
  const { stackName, assets } = next
  await stacks.idle()
  const stack = stacks.find(stackName)
  if (stack === undefined) {
    await realise(next, stacks)
    const created = [...(stacks.find(stackName)?.resources.values() ?? [])]
    const changes = created.map(({ logicalId, type }) => ({ action: 'Add' as const, logicalId, type, details: [] }))
    return { stackName, changes }
  }
  // Earlier assets too: an update that fails is rolled back to them.
  stacks.add(stack, new Map([...stacks.settings(stack).assets, ...assets]))
  const { definition, changes } = planned(next, stack, stacks)
  if (changes.length === 0) return { stackName, changes }
  stacks.begin(stack, (op) => updateStack(op, definition))
  await stacks.idle()
  const reason = stack.events.findLast(({ status }) => status === 'UPDATE_ROLLBACK_IN_PROGRESS')?.reason
  const failed = stack.status !== 'UPDATE_COMPLETE'
  return { stackName, changes, ...(failed ? { failure: reason ?? stack.status } : {}) }
}
