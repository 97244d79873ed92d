import { reservedTexts } from '../mqtt/topic-name.js'
import { arnHead, type IotLocation, resourceArn } from './iam/arn.js'
import { wildcard } from './iam/glob.js'
import type { PolicyDocument, Statement } from './iam/policy-document.js'

const types = ['client', 'topic', 'topicfilter'] as const

/**
 * The Deny statements of every topic role, so that session policies need not repeat them. Types, Region and account are written out:
 * no pattern depends on a wildcard before the name.
 *
 * - Names that continue an ARN: the trailing `*` of `arn:aws:iot:*:*:topic/a` may match past the colon, and then also matches the ARN of
 *   a topic `x:topic/a`.
 * - Client IDs with `#` or `+`, for which AWS IoT sends no lifecycle events.
 *
 * @see docs/adr/0003-names-that-continue-an-arn.md
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html
 */
export function sharedDenies(location: IotLocation): readonly Statement[] {
  const head = arnHead(location)
  const containing = (type: (typeof types)[number], text: string) =>
    resourceArn(head, type, `${wildcard}${text}${wildcard}`)
  return [
    {
      Sid: 'NamesThatContinueAnArn',
      Effect: 'Deny',
      Action: 'iot:*',
      Resource: types.flatMap((type) => reservedTexts.map((text) => containing(type, text))),
    },
    {
      Sid: 'ClientsWithoutLifecycleEvents',
      Effect: 'Deny',
      Action: 'iot:Connect',
      Resource: ['#', '+'].map((character) => containing('client', character)),
    },
  ]
}

/**
 * For a role with permissions in more than one Region: denies everything elsewhere.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
 */
export function elsewhereDenied(location: IotLocation): Statement {
  return { Sid: 'Elsewhere', Effect: 'Deny', Action: 'iot:*', NotResource: `${arnHead(location)}*` }
}

/**
 * The permissions of a topic role with AWS's managed policy, in one document: all actions of AWS IoT in the Region of the role, except those
 * that every topic role denies.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIoTFullAccess.html
 */
export function widestRole(location: IotLocation): PolicyDocument {
  const everything: Statement = { Effect: 'Allow', Action: ['iot:*', 'iotjobsdata:*'], Resource: '*' }
  return { Version: '2012-10-17', Statement: [everything, ...sharedDenies(location), elsewhereDenied(location)] }
}
