import type { ResourceFailed } from './change-resource.js'

/**
 * The status reason of the stack in AWS's words, including spaces.
 * https://github.com/convox/rack/pull/525, https://github.com/aws-samples/aws-serverless-workshops/issues/210
 */
export function failureReason(failures: readonly Pick<ResourceFailed, 'verb' | 'logicalId'>[]): string {
  return (['create', 'update', 'delete'] as const)
    .flatMap((verb) => {
      const names = failures.filter((one) => one.verb === verb).map(({ logicalId }) => logicalId)
      return names.length === 0 ? [] : [`The following resource(s) failed to ${verb}: [${names.join(', ')}]. `]
    })
    .join('')
}
