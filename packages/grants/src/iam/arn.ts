import type { Grants } from '../grants.js'
import { reservedTexts } from '../topic-name.js'
import { type Glob, renderGlob } from './glob.js'
import type { Statement } from './policy-document.js'

/**
 * Writes the ARN of an IoT resource in a session policy. Region and account stay open: the role's own policy pins them.
 *
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html
 */
export function sessionArn(partition: string, resource: string): string {
  return `arn:${partition}:iot:*:*:${resource}`
}

/** `topic/<glob>`, `topicfilter/<glob>` or `client/<glob>`, in IAM's words. */
export function resourceOf(type: 'topic' | 'topicfilter' | 'client', glob: Glob): string {
  return `${type}/${renderGlob(glob)}`
}

/**
 * The Deny that makes `*:*` safe. The last `*` of `arn:aws:iot:*:*:topic/a` may run on past the colon and then matches the ARN of a
 * topic `x:topic/a` too: names that contain such a text are nobody's.
 */
export function guard(partition: string): Statement {
  const resources = reservedTexts.map((text) => sessionArn(partition, `*/*${text}*`))
  return { Effect: 'Deny', Action: '*', Resource: resources }
}

/** The grants' settings that a compiler of session policies needs. */
export interface CompilerInput {
  readonly grants: Grants
  readonly clientIdPrefix: string
  readonly partition: string
}
