import { type QueryOperation, queryService } from '../../protocols/query-service.js'
import type { ServiceHandler, ServiceSettings } from '../../protocols/signed-service.js'
import type { XmlTree } from '../../protocols/xml.js'
import { createChangeSet } from './change-sets/create-change-set.js'
import { deleteChangeSet } from './change-sets/delete-change-set.js'
import { describeChangeSet } from './change-sets/describe-change-set.js'
import { executeChangeSet } from './change-sets/execute-change-set.js'
import { listChangeSets } from './change-sets/list-change-sets.js'
import type { ApiContext, ApiInput } from './input.js'
import { continueUpdateRollback } from './stacks/continue-update-rollback.js'
import { createStack } from './stacks/create-stack.js'
import { deleteStack } from './stacks/delete-stack.js'
import { rollbackStack } from './stacks/rollback-stack.js'
import { updateStack } from './stacks/update-stack.js'
import { updateTerminationProtection } from './stacks/update-termination-protection.js'
import { describeEvents } from './views/describe-events.js'
import { describeStackEvents } from './views/describe-stack-events.js'
import { describeStackResource, describeStackResources } from './views/describe-stack-resources.js'
import { describeStacks } from './views/describe-stacks.js'
import { getTemplate } from './views/get-template.js'
import { getTemplateSummary } from './views/get-template-summary.js'
import { listExports } from './views/list-exports.js'
import { listStackResources } from './views/list-stack-resources.js'
import { listStacks } from './views/list-stacks.js'

type Operation = (input: ApiInput) => Promise<XmlTree> | XmlTree

const operations: Readonly<Record<string, Operation>> = {
  ContinueUpdateRollback: continueUpdateRollback,
  CreateChangeSet: createChangeSet,
  CreateStack: createStack,
  DeleteChangeSet: deleteChangeSet,
  DeleteStack: deleteStack,
  DescribeChangeSet: describeChangeSet,
  DescribeEvents: describeEvents,
  DescribeStackEvents: describeStackEvents,
  DescribeStackResource: describeStackResource,
  DescribeStackResources: describeStackResources,
  DescribeStacks: describeStacks,
  ExecuteChangeSet: executeChangeSet,
  GetTemplate: getTemplate,
  GetTemplateSummary: getTemplateSummary,
  ListChangeSets: listChangeSets,
  ListExports: listExports,
  ListStackResources: listStackResources,
  ListStacks: listStacks,
  RollbackStack: rollbackStack,
  UpdateStack: updateStack,
  UpdateTerminationProtection: updateTerminationProtection,
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html */
const api = {
  service: 'cloudformation',
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
} as const

/** The largest request: a template of a megabyte, percent-encoded. Larger ones come from a bucket. */
const largestBody = 4 * 1024 * 1024

/** The part of CloudFormation that deployments in one account need. */
export function cloudFormationService(settings: ServiceSettings, context: ApiContext): ServiceHandler {
  const bound = Object.entries(operations).map(([name, operation]): [string, QueryOperation] => [
    name,
    async ({ parameters, ...call }) => {
      const stackName = parameters.get('StackName')
      return {
        result: await operation({ ...context, call, parameters }),
        ...(stackName === null ? {} : { fields: { stackName } }),
      }
    },
  ])
  return queryService(settings, { api, operations: new Map(bound), largestBody })
}
