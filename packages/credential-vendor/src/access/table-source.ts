import { AccessError, grantsAt, keyText, readAccess, type Table } from '@topic-credentials/access'
import { EntitlementError, parseGrantRule } from '@topic-credentials/grants'
import { VendError } from '../errors.js'
import type { AccessSource } from './source.js'

/**
 * The access table as a source: the items of the user, of the calling role and of the groups in one claim, with one request per vend.
 *
 * @param groupsClaim Name of the claim: a string or a list of strings.
 */
export function tableSource(table: Pick<Table, 'read'>, groupsClaim: string, clock: () => number): AccessSource {
  return async ({ userId, userPrefix = '', claims, prover, provenBy }, abortSignal) => {
    const role = roleOf(provenBy ?? '')
    const question = { userId, groups: groupsIn(claims, groupsClaim), role }
    const answer = await readAccess(table, question, abortSignal).catch((error: unknown) => {
      throw refusal(error)
    })
    const { items, revokedBy, signedOutAt, droppedGroups } = answer
    if (revokedBy !== undefined) {
      const remedy = 'Contact the operator.'
      const cause = `revoked by ${keyText(revokedBy.key)}`
      throw new VendError('revoked', 'The access of this user is revoked.', { remedy, cause })
    }
    if (signedOutAt !== undefined && signedOutAt > clock()) throw signedOut(signedOutAt - clock())
    // An item of a backend's role can revoke its access, but its grants do not apply to the users that it names. The deploy check gets those of its role.
    const isOwn = (name: string) => prover === 'deploy-check' || userId.startsWith(`${userPrefix}${name}~`)
    const own = items.filter(({ key }) => key.kind !== 'role' || isOwn(key.name))
    try {
      const rules = own.map((item) => parseGrantRule(grantsAt(item, clock()), keyText(item.key)))
      return { rules, signedOutAt, droppedGroups }
    } catch (error) {
      throw refusal(error)
    }
  }
}

/** The topic role denies sessions that are issued before the given time, so credentials issued now would not work. */
function signedOut(milliseconds: number): VendError {
  // The Deny has whole seconds. A time far in the future is a mistake, which an operator can correct at any moment.
  const seconds = Math.min(Math.ceil(milliseconds / 1000) + 1, 60)
  return new VendError('signed_out', 'The sessions of this user have just been ended.', {
    remedy: `Retry after ${seconds} s.`,
    retryAfterSeconds: seconds,
  })
}

function groupsIn(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
}

/** The role in `arn:aws:sts::123456789012:assumed-role/Dev/alice`. */
function roleOf(provenBy: string): string | undefined {
  return /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/([\w+=,.@-]+)\//u.exec(provenBy)?.[1]
}

function refusal(error: unknown): unknown {
  if (error instanceof EntitlementError) {
    const remedy = 'Ask the operator to correct the access table; the log of the function names the item.'
    return new VendError('access_unusable', 'A grant in the access table is not valid.', { remedy, cause: error })
  }
  if (!(error instanceof AccessError)) return error
  const { code, message, remedy } = error
  const cause = error.cause === undefined ? error : `${message} (${String(error.cause)})`
  if (code === 'too_many_groups') return new VendError('too_many_groups', message, { remedy, cause })
  if (code === 'table_unavailable' || code === 'table_throttled') {
    const seconds = code === 'table_throttled' ? 5 : 2
    return new VendError('access_unavailable', 'The access table cannot be read at the moment.', {
      remedy: `Retry after ${seconds} s, with increasing delays.`,
      retryAfterSeconds: seconds,
      cause,
    })
  }
  return new VendError('access_unusable', 'The access record of this user is not valid.', {
    remedy: 'Give the request ID to the operator; the log of the function names the item.',
    cause,
  })
}
