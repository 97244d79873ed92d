import { VendError } from '../errors.js'
import { madeUpName } from './session-name.js'
import type { IdentitySettings } from './settings.js'

/** `requestContext.authorizer.iam` of payload format 2.0, as far as it is used. */
type IamContext = Readonly<Record<string, unknown>>

interface Principal {
  readonly user?: string | undefined
  readonly role?: string | undefined
  readonly session?: string | undefined
}

/**
 * The subject that an IAM identity stands for.
 *
 * The IAM user `…:user/path/alice` is `alice`; a session of a role, `…:assumed-role/Dev/alice@example.com`, is `Dev~alice@example.com`,
 * or `Dev~` where the role is the user; an identity of a Cognito identity pool is its `identityId`, which has a `:`. No two of these can
 * be the same text: `~` and `:` are in no name of an IAM user, and `:` is in no name of a role or session.
 *
 * @throws VendError `caller_not_supported`
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
 */
export function iamSubject(iam: IamContext, settings: IdentitySettings): string {
  const { user, role = '', session = '' } = principalOf(iam, settings)
  const { cognitoIdentity = null } = iam
  if (cognitoIdentity !== null) return poolIdentity(cognitoIdentity, settings)
  if (user !== undefined) return user
  if (settings.roleSessions === 'role') return `${role}~`
  const madeUp = madeUpName(session)
  if (madeUp === undefined) return `${role}~${session}`
  throw notSupported(
    `The session name ${session} was made up by ${madeUp.by}: it ${madeUp.fault}.`,
    `${madeUp.remedy} Or let the role itself be the user (-c roleSessions=role).`,
  )
}

/** May this identity name users? Identities of an identity pool are users themselves. */
export function isBackend(iam: IamContext, settings: IdentitySettings): boolean {
  if (typeof iam.userArn !== 'string' || (iam.cognitoIdentity ?? null) !== null) return false
  principalOf(iam, settings)
  return true
}

/** The session of the deploy check's own role, or undefined for everybody else. */
export function isCheck(iam: IamContext, settings: IdentitySettings): string | undefined {
  if (settings.deployCheckRole === undefined || !isBackend(iam, settings)) return undefined
  const { role, session } = principalOf(iam, settings)
  return role === settings.deployCheckRole ? session : undefined
}

const iamArn = /^arn:aws[a-z-]*:(?:iam|sts)::(\d{12}):(.+)$/u
const iamUser = /^user\/(?:[\x21-\x7e]+\/)?([\w+=,.@-]+)$/u
const roleSession = /^assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/u

function principalOf({ userArn }: IamContext, { accountId }: IdentitySettings): Principal {
  const [, account, name = ''] = iamArn.exec(String(userArn)) ?? []
  if (account !== accountId) {
    throw notSupported(
      `${userArn} is not of account ${accountId}.`,
      'Call with an identity of the account that the stack is in.',
    )
  }
  const user = iamUser.exec(name)?.[1]
  if (user !== undefined) return { user }
  const [, role, session] = roleSession.exec(name) ?? []
  if (role !== undefined && session !== undefined) return { role, session }
  throw notSupported(
    `${userArn} is neither an IAM user nor a session of a role.`,
    'Call as an IAM user or as a session of a role: never as root, nor with GetFederationToken.',
  )
}

/** An identity's ID, `<Region>:<UUID>`, as Cognito gives it. */
const identityIdForm = /^[a-z]{2}(?:-[a-z]+)+-\d:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/**
 * All users of an identity pool have the same `userArn`: who it is stands in `cognitoIdentity` alone.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
function poolIdentity(cognitoIdentity: unknown, { guests }: IdentitySettings): string {
  const { amr, identityId } = cognitoIdentity as { readonly amr?: unknown; readonly identityId?: unknown }
  if (typeof identityId !== 'string' || !identityIdForm.test(identityId)) {
    throw notSupported(
      'The identity pool did not say whose credentials these are.',
      'Get new credentials from the identity pool.',
    )
  }
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : []
  if (methods.includes('authenticated') && !methods.includes('unauthenticated')) return identityId
  if (guests && methods.includes('unauthenticated')) return identityId
  throw notSupported(
    'Guests of an identity pool are no users of this stack.',
    'Sign in, or let guests in (-c guests=true).',
  )
}

function notSupported(message: string, remedy: string): VendError {
  return new VendError('caller_not_supported', message, { remedy })
}
