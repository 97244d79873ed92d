import type { Revocations } from '../revocations.js'
import type { Revoked } from '../revoker.js'

/** What a revocation has done, and what it has not. */
export function revokedLines({ sessionName, connections }: Revoked, signedOutOnly: boolean): string[] {
  const vending = signedOutOnly
    ? 'New credentials are vended to this user; those of before and of the next few seconds are worth nothing.'
    : 'No new credentials are vended to this user. `pnpm revoke --undo` takes that back.'
  const ended = connections.map(({ clientId, outcome }) =>
    outcome === 'ended' ? `Connection ${clientId} closed.` : `Client ${clientId} was not connected.`,
  )
  return [
    `${signedOutOnly ? 'Signed out' : 'Revoked'}: ${sessionName}. Sessions issued until now are denied everything.`,
    vending,
    ...ended,
    'AWS takes up to some minutes to apply this everywhere. Connections whose client IDs were not given stay open, and can do nothing then.',
  ]
}

export function undoneLines({
  sessionName,
  undone,
}: {
  readonly sessionName: string
  readonly undone: boolean
}): string[] {
  if (!undone) return [`${sessionName} was not revoked: nothing to undo.`]
  return [`Undone: ${sessionName} may have new credentials. Sessions issued until now stay denied.`]
}

export function listLines({ revoked, signedOut }: Revocations): string[] {
  if (revoked.length + signedOut.length === 0) return ['Nobody is revoked.']
  return [
    ...revoked.map((sessionName) => `${sessionName}  revoked`),
    ...signedOut.map(
      ({ sessionName, before }) =>
        `${sessionName}  sessions issued before ${new Date(before).toISOString()} are denied`,
    ),
  ]
}

/** What a clearance has given back. */
export function clearedLines(revocations: Revocations): string[] {
  const { revoked, signedOut } = revocations
  if (revoked.length + signedOut.length === 0) {
    return ['Nobody was revoked. No policy is left: the stack can be destroyed.']
  }
  return [
    ...listLines(revocations),
    'Cleared: all of these may have credentials again, and old sessions work. No policy is left: the stack can be destroyed.',
  ]
}
