import type { ChangeSet, RollbackTarget, Stack, StackResource } from '../cloudformation/stacks/stack.js'
import type { SavedDirectory } from '../iam/index.js'
import type { StoredObject } from '../s3/buckets.js'

/** The saved form of an account, as JSON. Contains the keys of its users, which are useless elsewhere. */
export interface SavedAccount {
  readonly version: 1
  readonly accountId: string
  readonly region: string
  readonly directory: SavedDirectory
  readonly buckets: Readonly<Record<string, Readonly<Record<string, StoredObject>>>>
  /** Names in use: `<type> <name>`. */
  readonly names: readonly string[]
  /** The number of the last version, by ARN of the function. */
  readonly versions: Readonly<Record<string, number>>
  readonly stacks: readonly SavedStack[]
}

/** A stack, with lists instead of maps. */
export type SavedStack = Omit<Stack, 'resources' | 'changeSets' | 'imports' | 'made' | 'rollback'> & {
  readonly resources: readonly StackResource[]
  readonly changeSets: readonly ChangeSet[]
  readonly imports: readonly string[]
  readonly made: readonly (readonly [string, number])[]
  readonly rollback?: Omit<RollbackTarget, 'resources' | 'touched'> & {
    readonly resources: readonly StackResource[]
    readonly touched: readonly string[]
  }
}

export function saveStack(stack: Stack): SavedStack {
  const { resources, changeSets, imports, made, rollback, ...rest } = stack
  return {
    ...rest,
    resources: [...resources.values()],
    changeSets: [...changeSets.values()],
    imports: [...imports],
    made: [...made],
    ...(rollback === undefined
      ? {}
      : {
          rollback: { ...rollback, resources: [...rollback.resources.values()], touched: [...rollback.touched] },
        }),
  }
}

export function restoreStack({ resources, changeSets, imports, made, rollback, ...rest }: SavedStack): Stack {
  return {
    ...rest,
    resources: byLogicalId(resources),
    changeSets: new Map(changeSets.map((one) => [one.name, one])),
    imports: new Set(imports),
    made: new Map(made),
    ...(rollback === undefined
      ? {}
      : {
          rollback: { ...rollback, resources: byLogicalId(rollback.resources), touched: new Set(rollback.touched) },
        }),
  }
}

function byLogicalId(resources: readonly StackResource[]): Map<string, StackResource> {
  return new Map(resources.map((one) => [one.logicalId, one]))
}
