import { clientIdPrefix } from '../user-id.js'
import type { CompileScope } from './compile.js'

/** Settings of `sessionPolicy`. */
export interface SessionPolicyOptions {
  /** The verified user. Client IDs are bound to it. */
  readonly userId: string
  /** `aws` (the default), `aws-cn` or `aws-us-gov`. */
  readonly partition?: string | undefined
  /** Region of the role's sessions. Without Region and account, the full form is not available. */
  readonly region?: string | undefined
  readonly accountId?: string | undefined
  /** Whether the dense form, which has a wildcard in place of the resource type, is allowed. @default true */
  readonly dense?: boolean | undefined
}

/** The input of the compiler. @throws GrantError `invalid_user_id` */
export function scopeOf(options: SessionPolicyOptions): CompileScope {
  const { userId, partition = 'aws', region, accountId, dense = true } = options
  return { partition, region, accountId, dense, clientIdPrefix: clientIdPrefix(userId) }
}
