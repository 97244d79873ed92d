import { randomUUID } from 'node:crypto'
import { CustomResourceFailure, Refusal } from './failure.js'
import { findFunction } from './lambda.js'
import type { Realised, ResourceRequest, ResourceType, StandingRequest, UpdateRequest } from './resource-type.js'

/**
 * `AWS::CloudFormation::CustomResource` and `Custom::…`: the function receives Create, Update or Delete, and responds to a URL.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requests.html
 */
export const customResource: ResourceType = {
  outlives: true,
  honoured: ['ServiceToken'],
  inert: 'all',
  replacesItself: true,
  create: (request) => send(request, 'Create'),
  update: (request: UpdateRequest) =>
    send(request, 'Update', {
      PhysicalResourceId: request.physicalId,
      OldResourceProperties: asTexts(request.before.all()),
    }),
  async delete(request: StandingRequest) {
    await send(request, 'Delete', { PhysicalResourceId: request.physicalId })
  },
}

async function send(request: ResourceRequest, requestType: string, more: object = {}): Promise<Realised> {
  const { logicalId, type, properties, services, stack } = request
  const provider = findFunction(services, properties.text('ServiceToken'))
  const { url, answer, forget } = services.customAnswers.expect()
  const requestId = randomUUID()
  const called = provider.invoke({
    RequestType: requestType,
    ServiceToken: properties.text('ServiceToken'),
    ResponseURL: url,
    StackId: stack.stackId,
    RequestId: requestId,
    LogicalResourceId: logicalId,
    ResourceType: type,
    ResourceProperties: asTexts(properties.all()),
    ...more,
  })
  // AWS waits an hour for a response. A function that has exited will not send one.
  const ended = called.then(() => undefined)
  const response = await Promise.race([answer, ended]).finally(forget)
  if (response === undefined) {
    const message = `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}].`
    throw new Refusal(message)
  }
  const { Status, Reason, PhysicalResourceId: ref, Data: attributes } = response
  if (Status === 'FAILED') throw new CustomResourceFailure(Reason ?? 'Unknown', ref)
  if (ref === undefined || ref === '') throw new Refusal('Invalid PhysicalResourceId')
  return { ref, attributes }
}

/** Numbers and booleans are passed to a custom resource as strings. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts)
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asTexts(inner)]))
  }
  return typeof value === 'string' ? value : String(value)
}
