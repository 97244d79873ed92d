import type { XmlTree } from '../../protocols/xml.js'
import type { ChangeSet, ResourceChange, Stack, StackEvent, StackResource } from '../stacks/stack.js'
import { time } from './input.js'

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html */
export function stackView(stack: Stack): XmlTree {
  const { definition } = stack
  return {
    StackId: stack.stackId,
    StackName: stack.stackName,
    Description: definition.template.Description,
    Parameters: parametersView(stack.definition),
    CreationTime: time(stack.createdAt),
    LastUpdatedTime: stack.events.length > 1 ? time(stack.updatedAt) : undefined,
    DeletionTime: time(stack.deletedAt),
    RollbackConfiguration: {},
    StackStatus: stack.status,
    StackStatusReason: stack.reason,
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
    Outputs: stack.outputs.map(({ key, value, description, exportName }) => ({
      OutputKey: key,
      OutputValue: value,
      Description: description,
      ExportName: exportName,
    })),
    RoleARN: stack.roleArn,
    Tags: tagsView(definition.tags),
    EnableTerminationProtection: stack.terminationProtection,
    DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
  }
}

function tagsView(tags: Readonly<Record<string, string>>): XmlTree[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
}

/** The value of a NoEcho parameter is not shown. */
function parametersView({ template, parameters, resolvedParameters }: Stack['definition']): XmlTree[] {
  return Object.entries(parameters).map(([name, value]) => {
    const secret = String(template.Parameters?.[name]?.NoEcho ?? false) === 'true'
    return {
      ParameterKey: name,
      ParameterValue: secret ? '****' : value,
      ResolvedValue: resolvedParameters[name],
    }
  })
}

export function eventView({ stackId, stackName }: Stack, event: StackEvent): XmlTree {
  return {
    StackId: stackId,
    EventId: event.eventId,
    StackName: stackName,
    ...whatHappened(event),
    ClientRequestToken: event.token,
  }
}

/** To which resource, when, and how it went. */
export function whatHappened(event: StackEvent) {
  return {
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: time(event.at),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
  }
}

export function resourceView({ stackId, stackName }: Stack, resource: StackResource, timeName: string): XmlTree {
  return {
    StackName: stackName,
    StackId: stackId,
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId === '' ? undefined : resource.physicalId,
    ResourceType: resource.type,
    [timeName]: time(resource.at),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html */
export function changeSetView(stack: Stack, changeSet: ChangeSet, withValues: boolean): XmlTree {
  return {
    ChangeSetName: changeSet.name,
    ChangeSetId: changeSet.id,
    StackId: stack.stackId,
    StackName: stack.stackName,
    Description: changeSet.description,
    Parameters: parametersView(changeSet.definition),
    CreationTime: time(changeSet.createdAt),
    ExecutionStatus: changeSet.executionStatus,
    Status: changeSet.status,
    StatusReason: changeSet.reason,
    NotificationARNs: [],
    RollbackConfiguration: {},
    Capabilities: changeSet.capabilities,
    Tags: tagsView(changeSet.definition.tags),
    Changes: changeSet.changes.map((change) => ({ Type: 'Resource', ResourceChange: changeView(change, withValues) })),
    IncludeNestedStacks: false,
  }
}

function changeView(change: ResourceChange, withValues: boolean): XmlTree {
  const { action, logicalId, physicalId, type, replacement, policyAction, details } = change
  return {
    PolicyAction: policyAction,
    Action: action,
    LogicalResourceId: logicalId,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Replacement: replacement,
    Scope: details.length > 0 ? ['Properties'] : [],
    Details: details.map((detail) => ({
      Target: {
        Attribute: 'Properties',
        Name: detail.name,
        RequiresRecreation: detail.requiresRecreation,
        ...(withValues
          ? {
              Path: `/Properties/${detail.name}`,
              BeforeValue: detail.before,
              AfterValue: detail.after,
              AttributeChangeType:
                detail.before === undefined ? 'Add' : detail.after === undefined ? 'Remove' : 'Modify',
            }
          : {}),
      },
      Evaluation: detail.evaluation,
      ChangeSource: 'DirectModification',
    })),
  }
}
