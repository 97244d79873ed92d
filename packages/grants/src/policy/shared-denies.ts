import { reservedTexts } from '../mqtt/topic-name.js'
import { arnHead, type IotLocation, resourceArn } from './iam/arn.js'
import { wildcard } from './iam/glob.js'
import type { Statement } from './iam/policy-document.js'

const types = ['client', 'topic', 'topicfilter'] as const

/**
 * What every topic role denies to everybody, so that session policies need not. Types, Region and account are written out: nothing
 * rests on a wildcard before the name.
 *
 * - Names that continue an ARN: the last `*` of `arn:aws:iot:*:*:topic/a` may run on past the colon, and then matches the ARN of a topic
 *   `x:topic/a` as well.
 * - Client IDs with `#` or `+`, of which AWS IoT sends no lifecycle events.
 *
 * @see docs/adr/0010-names-that-continue-an-arn.md
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
 * For a role whose own permissions are wider than one Region: what is elsewhere is denied.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
 */
export function elsewhereDenied(location: IotLocation): Statement {
  return { Sid: 'Elsewhere', Effect: 'Deny', Action: 'iot:*', NotResource: `${arnHead(location)}*` }
}
