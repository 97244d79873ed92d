import { commandLine } from '@topic-credentials/project'
import type { RevocationList, Revoked } from '../revoker.js'
import type { EverybodySignedOut } from '../table/sessions/live-sessions.js'

const outcomes = {
  ended: (clientId: string) => `Connection ${clientId} is closed.`,
  absent: (clientId: string) => `Client ${clientId} was not connected.`,
  connected: (clientId: string) =>
    `Client ${clientId} is still or again connected. Run the command again when AWS has applied the change.`,
  unknown: (clientId: string) =>
    `Connection ${clientId}: AWS IoT accepted the request to close it. To verify that it is closed, the command needs iot:GetConnection.`,
}

const later = `IAM does not show the change yet. Run \`${commandLine('revoke', '--repair')}\` later to verify it.`

/** The result of a revocation, as lines. */
export function revokedLines({ sessionName, connections, standing }: Revoked, signedOutOnly: boolean): string[] {
  const vending = signedOutOnly
    ? 'The user can get new credentials in a few seconds; existing credentials no longer work.'
    : `No new credentials are vended to this user. \`${commandLine('revoke', '--undo')}\` restores access.`
  return [
    `${signedOutOnly ? 'Signed out' : 'Revoked'}: ${sessionName}. All operations of the existing sessions are denied.`,
    vending,
    ...connections.map(({ clientId, outcome }) => outcomes[outcome](clientId)),
    ...(standing ? [] : [later]),
    'AWS can take some minutes to apply the change everywhere. Connections that were not named with --client-id stay open, but their operations are denied.',
  ]
}

export function undoneLines({
  sessionName,
  undone,
  standing,
}: {
  readonly sessionName: string
  readonly undone: boolean
  readonly standing: boolean
}): string[] {
  if (!undone) return [`${sessionName} was not revoked: nothing to undo.`]
  return [
    `Undone: ${sessionName} can get new credentials in a few seconds. Sessions from before the undo stay denied.`,
    ...(standing ? [] : [later]),
  ]
}

export function repairedLines({ standing }: { readonly standing: boolean }): string[] {
  return [standing ? 'Repaired: the Deny statements of the topic role match the revocations in the table.' : later]
}

/** Printed for a stack without an access table. */
export const iamOnlyLine =
  'The stack has no access table, so revocations are stored in IAM policies: they hold about 200 users, and only one operator can run this command at a time.'

/** Printed before the sessions of all users are ended. */
export function everybodyLine({ before, names, characters, room }: EverybodySignedOut): string {
  return `The policy of the topic role has no room for ${names} names (${characters} of ${room} characters). The sessions of all users issued before ${new Date(before).toISOString()} end now; clients of users with access reconnect automatically.`
}

export function listLines({ revoked, signedOut, everybody, revokedRoles, unreadable }: RevocationList): string[] {
  const lines = [
    ...revoked.map((sessionName) => `${sessionName}  revoked`),
    ...revokedRoles.map((role) => `${role}~*  revoked (all sessions of the role)`),
    ...signedOut.map(
      ({ sessionName, before }) =>
        `${sessionName}  sessions issued before ${new Date(before).toISOString()} are denied`,
    ),
    ...(everybody === undefined
      ? []
      : [`all users  sessions issued before ${new Date(everybody).toISOString()} are denied`]),
    ...unreadable.map((key) => `${key}  is not valid: no credentials are vended to its user, group or role`),
  ]
  return lines.length === 0 ? ['There are no revocations.'] : lines
}

/** The result of a clearance, as lines. */
export function clearedLines(revocations: RevocationList): string[] {
  const { revoked, revokedRoles, signedOut } = revocations
  if (revoked.length + revokedRoles.length + signedOut.length === 0) {
    return ['There were no revocations. No policy is left: the stack can be destroyed.']
  }
  return [
    ...listLines(revocations),
    'Cleared: all of these can get credentials again, and their existing sessions work. No policy is left: the stack can be destroyed.',
  ]
}
