import { type Glob, renderGlob } from './glob.js'

/** Types of IoT resources; `any` is rendered as `*` and matches each of them. */
export type ResourceType = 'topic' | 'topicfilter' | 'client' | 'any'

/** Location of a role and its sessions. CloudFormation tokens such as `${AWS::Region}` are passed through. */
export interface IotLocation {
  readonly partition: string
  readonly region: string
  readonly accountId: string
}

/** The common prefix of the ARNs of a stack's IoT resources. */
export function arnHead({ partition, region, accountId }: IotLocation): string {
  return `arn:${partition}:iot:${region}:${accountId}:`
}

/** The same prefix with wildcards for Region and account, which the role's own policy restricts. */
export function shortArnHead(partition: string): string {
  return arnHead({ partition, region: '*', accountId: '*' })
}

/**
 * Renders the ARN of an IoT resource: the head, then `topic/<glob>` and so on.
 *
 * @param head from {@link arnHead} or {@link shortArnHead}
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 */
export function resourceArn(head: string, type: ResourceType, glob: Glob): string {
  return `${head}${type === 'any' ? '*' : type}/${renderGlob(glob)}`
}
