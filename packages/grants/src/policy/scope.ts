import { clientIdPrefix } from '../user-id.js'
import type { CompileScope } from './compile.js'

/** Settings of `sessionPolicy`. */
export interface SessionPolicyOptions {
  /** The verified user: client IDs are bound to it. */
  readonly userId: string
  /** `aws` (the default), `aws-cn` or `aws-us-gov`. */
  readonly partition?: string | undefined
  /** Where the role's sessions work. Without Region and account the full form is left out. */
  readonly region?: string | undefined
  readonly accountId?: string | undefined
  /** Whether the dense form may be used, which rests on a wildcard in the place of the resource type. @default true */
  readonly dense?: boolean | undefined
}

/** What compiling needs to know. @throws GrantError `invalid_user_id` */
export function scopeOf(options: SessionPolicyOptions): CompileScope {
  const { userId, partition = 'aws', region, accountId, dense = true } = options
  return { partition, region, accountId, dense, clientIdPrefix: clientIdPrefix(userId) }
}
