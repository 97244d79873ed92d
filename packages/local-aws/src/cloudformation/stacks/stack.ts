import type { DeletionPolicy, Template } from '../template/template.js'

/** What a stack is made from. */
export interface StackDefinition {
  readonly template: Template
  /** As it was given, which is how CloudFormation gives it back. */
  readonly templateBody: string
  /** Values of parameters; those read from Systems Manager by the name of the parameter there. */
  readonly parameters: Readonly<Record<string, string>>
  /** Values that were read from Systems Manager, by parameter of the template. */
  readonly resolvedParameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** One resource of a stack, as it is now. */
export interface StackResource {
  readonly logicalId: string
  readonly type: string
  /** Empty until it has one. */
  readonly physicalId: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Resolved. */
  readonly properties: Readonly<Record<string, unknown>>
  /** `CREATE_COMPLETE`, `UPDATE_FAILED`, … */
  readonly status: string
  readonly reason?: string
  /** Milliseconds since the epoch: of the last event. */
  readonly at: number
  readonly deletionPolicy: DeletionPolicy
  /** What becomes of the physical resource when another takes its place. */
  readonly replacePolicy: DeletionPolicy
  readonly needs: readonly string[]
  /** How many physical resources of this logical ID were made before. */
  readonly generation: number
}

export interface StackOutput {
  readonly key: string
  readonly value: string
  readonly description?: string
  readonly exportName?: string
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html */
export interface StackEvent {
  readonly eventId: string
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly at: number
  readonly token?: string
}

/** What an update goes back to when it fails. */
export interface RollbackTarget {
  readonly definition: StackDefinition
  readonly resources: ReadonlyMap<string, StackResource>
  /** Logical IDs that the update has changed and that have not been changed back. */
  readonly touched: Set<string>
}

/** Everything about one stack. */
export interface Stack {
  readonly stackName: string
  readonly stackId: string
  readonly createdAt: number
  updatedAt?: number
  deletedAt?: number
  /** `REVIEW_IN_PROGRESS`, `CREATE_COMPLETE`, … */
  status: string
  reason?: string
  definition: StackDefinition
  /** CloudFormation acts with this role's rights. Without one, nobody's rights are looked at. */
  roleArn?: string
  disableRollback: boolean
  terminationProtection: boolean
  /** In the order in which they came to be. */
  resources: Map<string, StackResource>
  outputs: readonly StackOutput[]
  /** Oldest first. */
  readonly events: StackEvent[]
  readonly changeSets: Map<string, ChangeSet>
  /** Present while an update may have to be rolled back. */
  rollback?: RollbackTarget
  /** Names of exports that it uses. */
  imports: Set<string>
  /** How many physical resources were made, by logical ID. */
  readonly made: Map<string, number>
  /** Physical resources that nothing refers to any more; they go when the operation has succeeded. */
  leftovers: StackResource[]
}

/** Changes that were asked for, and wait to be executed. */
export interface ChangeSet {
  readonly name: string
  readonly id: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly description?: string
  readonly createdAt: number
  readonly status: 'CREATE_COMPLETE' | 'FAILED'
  readonly reason?: string
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE'
  readonly definition: StackDefinition
  readonly roleArn?: string
  readonly capabilities: readonly string[]
  readonly changes: readonly ResourceChange[]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove'
  readonly logicalId: string
  readonly physicalId?: string
  readonly type: string
  readonly replacement?: 'True' | 'False' | 'Conditional'
  readonly policyAction?: 'Delete' | 'Retain' | 'ReplaceAndDelete' | 'ReplaceAndRetain'
  readonly details: readonly PropertyChange[]
}

export interface PropertyChange {
  readonly name: string
  readonly requiresRecreation: 'Always' | 'Never' | 'Conditionally'
  readonly evaluation: 'Static' | 'Dynamic'
  readonly before?: string
  readonly after?: string
}

/** Nothing is under way, and nothing stands in the way of an update. */
export function isStable(status: string): boolean {
  return /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/u.test(status)
}

export function isInProgress(status: string): boolean {
  return status.endsWith('_IN_PROGRESS')
}
