import type { QueryOperation } from '../../protocols/query-service.js'
import { queryService } from '../../protocols/query-service.js'
import type { ServiceHandler, ServiceSettings } from '../../protocols/signed-service.js'
import type { XmlTree } from '../../protocols/xml.js'
import { continueUpdateRollback } from './continue-update-rollback.js'
import { createChangeSet } from './create-change-set.js'
import { createStack } from './create-stack.js'
import { deleteChangeSet } from './delete-change-set.js'
import { deleteStack } from './delete-stack.js'
import { describeChangeSet } from './describe-change-set.js'
import { describeEvents } from './describe-events.js'
import { describeStackEvents } from './describe-stack-events.js'
import { describeStackResource, describeStackResources } from './describe-stack-resources.js'
import { describeStacks } from './describe-stacks.js'
import { executeChangeSet } from './execute-change-set.js'
import { getTemplate } from './get-template.js'
import { getTemplateSummary } from './get-template-summary.js'
import type { ApiContext, ApiInput } from './input.js'
import { listChangeSets } from './list-change-sets.js'
import { listExports } from './list-exports.js'
import { listStackResources } from './list-stack-resources.js'
import { listStacks } from './list-stacks.js'
import { rollbackStack } from './rollback-stack.js'
import { updateStack } from './update-stack.js'
import { updateTerminationProtection } from './update-termination-protection.js'

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

/** A template of a megabyte, percent-encoded, is the largest of what is sent; larger ones come by a bucket. */
const largestBody = 4 * 1024 * 1024

/** CloudFormation, as far as deployments of one account need it. */
export function cloudFormationService(settings: ServiceSettings, context: ApiContext): ServiceHandler {
  const bound = Object.entries(operations).map(([name, operation]): [string, QueryOperation] => [
    name,
    ({ parameters, ...call }) => operation({ ...context, call, parameters }),
  ])
  return queryService(settings, api, new Map(bound), largestBody)
}
