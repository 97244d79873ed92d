import { type QueryOperation, queryService } from '../../protocols/query-service.js'
import type { ServiceHandler, ServiceSettings } from '../../protocols/signed-service.js'
import { changeSetOperations } from './change-sets.js'
import type { ApiContext } from './input.js'
import { readOperations } from './reads.js'
import { stackOperations } from './stacks.js'

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
  const bound = Object.entries({ ...stackOperations, ...changeSetOperations, ...readOperations }).map(
    ([name, operation]): [string, QueryOperation] => [
      name,
      async ({ parameters, ...call }) => {
        const stackName = parameters.get('StackName')
        return {
          result: await operation({ ...context, call, parameters }),
          ...(stackName === null ? {} : { fields: { stackName } }),
        }
      },
    ],
  )
  return queryService(settings, { api, operations: new Map(bound), largestBody })
}
