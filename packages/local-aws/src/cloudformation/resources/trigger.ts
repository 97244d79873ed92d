import { CustomResourceFailure } from './failure.js'
import { findFunction } from './lambda.js'
import { demand } from './provider.js'
import type { ResourceRequest, ResourceType } from './resource-type.js'

/**
 * `Custom::Trigger` (CDK's triggers): invokes a function during a deployment; if it fails, the deployment fails. As with the CDK's provider,
 * an Update invokes the function in its new properties, and a Delete invokes nothing.
 */
export const trigger: ResourceType = {
  outlives: true,
  honoured: ['ExecuteOnHandlerChange', 'HandlerArn', 'InvocationType', 'ServiceToken'],
  inert: ['Timeout'],
  async create(request) {
    await call(request)
    return { ref: request.physicalId ?? request.physicalName(64) }
  },
  async update(request) {
    if (request.properties.optionalText('ExecuteOnHandlerChange') !== 'false') await call(request)
    return { ref: request.physicalId }
  },
  delete() {},
}

async function call(request: ResourceRequest): Promise<void> {
  const { properties, services } = request
  const handlerArn = properties.text('HandlerArn')
  demand(request, 'lambda:InvokeFunction', handlerArn)
  if (!services.triggers) return
  const called = findFunction(services, handlerArn).invoke({})
  if (properties.optionalText('InvocationType') === 'Event') return
  const result = await called
  if (result.outcome === 'ok') return
  throw new CustomResourceFailure(`Trigger handler failed: ${result.errorType}: ${result.errorMessage}`)
}
