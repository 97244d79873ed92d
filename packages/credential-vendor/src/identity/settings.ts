/** Who vouches for a user's name. */
export type Prover = 'iam' | 'jwt' | 'backend' | 'deploy-check'

/** The provers that a stack can be told to accept; the check's comes with {@link IdentitySettings.deployCheckRole}. */
export const provers = ['iam', 'jwt', 'backend'] as const

/** What a stack says about its callers. */
export interface IdentitySettings {
  /** The function's own account: `alice` of another account is somebody else. */
  readonly accountId: string
  readonly provers: ReadonlySet<Prover>
  /** Put before every user ID, as it is: what tells the users of several stacks apart. Empty for the stack `TopicCredentials`. */
  readonly userPrefix: string
  /** Whether each session of a role is a user, or the role is, whatever the session's name. */
  readonly roleSessions: 'session' | 'role'
  /** Whether unauthenticated identities of an identity pool are users. */
  readonly guests: boolean
  /** Name of the deploy check's role, where the check has a route of its own. */
  readonly deployCheckRole: string | undefined
}
