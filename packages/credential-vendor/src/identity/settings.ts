/** What proves a user's identity. */
export type Prover = 'iam' | 'jwt' | 'backend' | 'deploy-check'

/** The provers that can be configured; `deploy-check` comes with `deployCheckRole`. */
export const provers = ['iam', 'jwt', 'backend'] as const

/** The identity settings of a stack. */
export interface IdentitySettings {
  /** The function's own account. `alice` of another account is a different user. */
  readonly accountId: string
  readonly provers: ReadonlySet<Prover>
  /** Prefix of every user ID, which separates the users of several stacks. Empty for the stack `TopicCredentials`. */
  readonly userPrefix: string
  /** Whether each session of a role is a user, or the role itself with any session name. */
  readonly roleSessions: 'session' | 'role'
  /** Whether unauthenticated identities of an identity pool are users. */
  readonly guests: boolean
  /** Name of the deploy check's role, if the check has its own route. */
  readonly deployCheckRole: string | undefined
}
