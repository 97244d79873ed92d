import { randomUUID } from 'node:crypto'
import { messageOf } from '@topic-credentials/project'
import { RealisationError } from '../errors.js'

/** A service refused a request of CloudFormation. */
export class ServiceFailure extends Error {
  override readonly name = 'ServiceFailure'
  /** HandlerErrorCode. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html */
  readonly code: string
  readonly service: string
  readonly status: number

  constructor(message: string, { service, status, code }: { service: string; status: number; code: string }) {
    super(message)
    this.code = code
    this.service = service
    this.status = status
  }
}

/** CloudFormation itself refuses; events contain its message unchanged. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}

/** A custom resource that responded with FAILED. */
export class CustomResourceFailure extends Error {
  override readonly name = 'CustomResourceFailure'
  /** The physical ID for a later Delete; undefined if the response contained none. */
  readonly physicalId: string | undefined

  constructor(message: string, physicalId?: string) {
    super(message)
    this.physicalId = physicalId
  }
}

/** A name that is already in use. */
export function alreadyExists(type: string, identifier: string): ServiceFailure {
  const message = `Resource of type '${type}' with identifier '${identifier}' already exists.`
  return new ServiceFailure(message, { service: '', status: 409, code: 'AlreadyExists' })
}

/**
 * The reason as in stack events: messages of AWS's handlers and of custom resources are embedded in a sentence.
 * Forms: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html and https://github.com/aws/aws-parallelcluster/issues/4031
 */
export function eventReason(error: unknown): string {
  const message = messageOf(error)
  if (error instanceof Refusal || error instanceof RealisationError) return message
  if (error instanceof CustomResourceFailure) {
    return `Received response status [FAILED] from custom resource. Message returned: ${message} (RequestId: ${randomUUID()})`
  }
  const { service = '', status = 400, code = 'InvalidRequest' } = error instanceof ServiceFailure ? error : {}
  const source = service === '' ? '' : ` (Service: ${service}, Status Code: ${status}, Request ID: ${randomUUID()})`
  return `Resource handler returned message: "${message}${source}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`
}
