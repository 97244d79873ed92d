import { type Glob, renderGlob } from './glob.js'

/** Types of IoT resources that have a place here; `any` is written `*` and means each of them. */
export type ResourceType = 'topic' | 'topicfilter' | 'client' | 'any'

/** `topic/<glob>` and so on, in IAM's words. */
export function resourceOf(type: ResourceType, glob: Glob): string {
  return `${type === 'any' ? '*' : type}/${renderGlob(glob)}`
}

/** Where a role and its sessions are. CloudFormation tokens such as `${AWS::Region}` are taken as they are. */
export interface IotLocation {
  readonly partition: string
  readonly region: string
  readonly accountId: string
}

/** What the ARNs of a stack's IoT resources begin with. */
export function arnHead({ partition, region, accountId }: IotLocation): string {
  return `arn:${partition}:iot:${region}:${accountId}:`
}

/** The same with Region and account open: the role's own policy pins them. */
export function shortArnHead(partition: string): string {
  return arnHead({ partition, region: '*', accountId: '*' })
}

/**
 * Writes the ARN of an IoT resource.
 *
 * @param head from {@link arnHead} or {@link shortArnHead}
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 */
export function resourceArn(head: string, type: ResourceType, glob: Glob): string {
  return head + resourceOf(type, glob)
}
