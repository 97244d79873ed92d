import { reservedTexts } from '../../mqtt/topic-name.js'
import { type Glob, renderGlob } from './glob.js'
import type { Statement } from './policy-document.js'

/** Types of IoT resources that have a place here; `any` is written `*` and means each of them. */
export type ResourceType = 'topic' | 'topicfilter' | 'client' | 'any'

/** `topic/<glob>` and so on, in IAM's words. */
export function resourceOf(type: ResourceType, glob: Glob): string {
  return `${type === 'any' ? '*' : type}/${renderGlob(glob)}`
}

/**
 * Writes the ARN of an IoT resource in a session policy. Region and account stay open: the role's own policy pins them.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 */
export function sessionArn(partition: string, type: ResourceType, glob: Glob): string {
  return `arn:${partition}:iot:*:*:${resourceOf(type, glob)}`
}

/**
 * The Deny that makes `*:*` safe. The last `*` of `arn:aws:iot:*:*:topic/a` may run on past the colon and then matches the ARN of a
 * topic `x:topic/a` too: names that contain such a text are nobody's.
 */
export function guard(partition: string): Statement {
  return { Effect: 'Deny', Action: '*', Resource: reservedTexts.map((text) => `arn:${partition}:iot:*:*:*/*${text}*`) }
}
