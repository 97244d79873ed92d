import { commandLine } from '@topic-credentials/project'
import type { RevocationList, Revoked } from '../revoker.js'
import type { EverybodySignedOut } from '../table/sessions/live-sessions.js'

const outcomes = {
  ended: (clientId: string) => `Connection ${clientId} closed: it is gone.`,
  absent: (clientId: string) => `Client ${clientId} was not connected.`,
  connected: (clientId: string) =>
    `Client ${clientId} is connected, still or again. Run the command again when AWS has applied the change.`,
  unknown: (clientId: string) =>
    `Connection ${clientId}: AWS IoT was told to close it. Whether it is gone only iot:GetConnection would tell.`,
}

const later = `IAM does not show the change yet. It does so later; \`${commandLine('revoke', '--repair')}\` looks again.`

/** What a revocation has done, and what it has not. */
export function revokedLines({ sessionName, connections, standing }: Revoked, signedOutOnly: boolean): string[] {
  const vending = signedOutOnly
    ? 'New credentials are vended to this user in a few seconds; those of before are worth nothing.'
    : `No new credentials are vended to this user. \`${commandLine('revoke', '--undo')}\` takes that back.`
  return [
    `${signedOutOnly ? 'Signed out' : 'Revoked'}: ${sessionName}. Sessions issued until now are denied everything.`,
    vending,
    ...connections.map(({ clientId, outcome }) => outcomes[outcome](clientId)),
    ...(standing ? [] : [later]),
    'AWS takes up to some minutes to apply this everywhere. Connections whose client IDs were not given stay open, and can do nothing then.',
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
    `Undone: ${sessionName} may have new credentials in a few seconds. Those of before stay worthless.`,
    ...(standing ? [] : [later]),
  ]
}

export function repairedLines({ standing }: { readonly standing: boolean }): string[] {
  return [standing ? 'Repaired: the topic role denies what the marks in the table ask for.' : later]
}

/** Said before it is done. */
export function everybodyLine({ before, names, characters, room }: EverybodySignedOut): string {
  return `The topic role has no room for ${names} names (${characters} characters of ${room}). The sessions of everybody that are issued before ${new Date(before).toISOString()} end now; clients that may have new credentials come back by themselves.`
}

export function listLines({ revoked, signedOut, everybody, revokedRoles, unreadable }: RevocationList): string[] {
  const lines = [
    ...revoked.map((sessionName) => `${sessionName}  revoked`),
    ...revokedRoles.map((role) => `${role}~*  revoked, all sessions of the role`),
    ...signedOut.map(
      ({ sessionName, before }) =>
        `${sessionName}  sessions issued before ${new Date(before).toISOString()} are denied`,
    ),
    ...(everybody === undefined
      ? []
      : [`everybody  sessions issued before ${new Date(everybody).toISOString()} are denied`]),
    ...unreadable.map((key) => `${key}  cannot be read: nothing is vended to whom it is about`),
  ]
  return lines.length === 0 ? ['Nobody is revoked.'] : lines
}

/** What a clearance has given back. */
export function clearedLines(revocations: RevocationList): string[] {
  const { revoked, revokedRoles, signedOut } = revocations
  if (revoked.length + revokedRoles.length + signedOut.length === 0) {
    return ['Nobody was revoked. No policy is left: the stack can be destroyed.']
  }
  return [
    ...listLines(revocations),
    'Cleared: all of these may have credentials again, and old sessions work. No policy is left: the stack can be destroyed.',
  ]
}
