import type { DeletionPolicy, Template } from '../template/template.js'

/** The definition of a stack. */
export interface StackDefinition {
  readonly template: Template
  /** The original text, which CloudFormation returns. */
  readonly templateBody: string
  /** Parameter values; for those from Systems Manager, the name of the parameter there. */
  readonly parameters: Readonly<Record<string, string>>
  /** Values read from Systems Manager, by template parameter. */
  readonly resolvedParameters: Readonly<Record<string, string>>
  readonly tags: Readonly<Record<string, string>>
}

/** One resource of a stack in its current state. */
export interface StackResource {
  readonly logicalId: string
  readonly type: string
  /** Empty until it has one. */
  readonly physicalId: string
  readonly attributes: Readonly<Record<string, unknown>>
  /** Resolved properties. */
  readonly properties: Readonly<Record<string, unknown>>
  /** `CREATE_COMPLETE`, `UPDATE_FAILED`, … */
  readonly status: string
  readonly reason?: string | undefined
  /** Time of the last event, in milliseconds since the epoch. */
  readonly at: number
  readonly deletionPolicy: DeletionPolicy
  /** What happens to the physical resource when it is replaced. */
  readonly replacePolicy: DeletionPolicy
  readonly needs: readonly string[]
  /** Number of earlier physical resources of this logical ID. */
  readonly generation: number
}

export interface StackOutput {
  readonly key: string
  readonly value: string
  readonly description?: string | undefined
  readonly exportName?: string | undefined
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackEvent.html */
export interface StackEvent {
  readonly eventId: string
  readonly logicalId: string
  readonly physicalId: string
  readonly type: string
  readonly status: string
  readonly reason?: string | undefined
  readonly at: number
  readonly token?: string | undefined
}

/** The state to which a failed update rolls back. */
export interface RollbackTarget {
  readonly definition: StackDefinition
  readonly resources: ReadonlyMap<string, StackResource>
  /** Logical IDs that the update has changed and not restored. */
  readonly touched: Set<string>
}

/** The complete state of one stack. */
export interface Stack {
  readonly stackName: string
  readonly stackId: string
  readonly createdAt: number
  updatedAt?: number
  deletedAt?: number
  /** `REVIEW_IN_PROGRESS`, `CREATE_COMPLETE`, … */
  status: string
  reason?: string | undefined
  definition: StackDefinition
  /** The role whose permissions CloudFormation uses. Without one, permissions are not checked. */
  roleArn?: string
  disableRollback: boolean
  terminationProtection: boolean
  /** In order of creation. */
  resources: Map<string, StackResource>
  outputs: readonly StackOutput[]
  /** Oldest first. */
  readonly events: StackEvent[]
  readonly changeSets: Map<string, ChangeSet>
  /** Set while an update may have to be rolled back. */
  rollback?: RollbackTarget
  /** Names of the exports that it imports. */
  imports: Set<string>
  /** Number of physical resources created, by logical ID. */
  readonly made: Map<string, number>
  /** Physical resources that are no longer used; they are deleted when the operation has succeeded. */
  leftovers: StackResource[]
}

/** Change sets that have not been executed. */
export interface ChangeSet {
  readonly name: string
  readonly id: string
  readonly type: 'CREATE' | 'UPDATE'
  readonly description?: string | undefined
  readonly createdAt: number
  readonly status: 'CREATE_COMPLETE' | 'FAILED'
  readonly reason?: string | undefined
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'OBSOLETE'
  readonly definition: StackDefinition
  readonly roleArn?: string | undefined
  readonly capabilities: readonly string[]
  readonly changes: readonly ResourceChange[]
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove'
  readonly logicalId: string
  readonly physicalId?: string | undefined
  readonly type: string
  readonly replacement?: 'True' | 'False' | 'Conditional'
  readonly policyAction?: 'Delete' | 'Retain' | 'ReplaceAndDelete' | 'ReplaceAndRetain'
  readonly details: readonly PropertyChange[]
}

export interface PropertyChange {
  readonly name: string
  readonly requiresRecreation: 'Always' | 'Never' | 'Conditionally'
  readonly evaluation: 'Static' | 'Dynamic'
  readonly before?: string | undefined
  readonly after?: string | undefined
}

/** No operation is in progress, and an update is possible. */
export function isStable(status: string): boolean {
  return /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT)_COMPLETE$/u.test(status)
}

export function isInProgress(status: string): boolean {
  return status.endsWith('_IN_PROGRESS')
}
