import type { AssumeRole, StsSession } from './assume-role.js'

/** The most sessions that are kept. The oldest go first. */
const capacity = 1000

/**
 * {@link AssumeRole} that answers a repeated question with the session it has just got: the same user, policy and duration
 * within `seconds`. Who asks while STS is being asked waits for the same answer. A failure is not kept.
 *
 * For storms in which one user asks again and again (a fleet of tabs, a client in a loop): STS is asked once. The price: these
 * connections share credentials, so a session that was vended just before a revocation is handed out for up to `seconds` after
 * it, and the credentials live that much shorter than asked. Secrets stay in this process's memory for that time.
 */
export function cachedFor(seconds: number, assumeRole: AssumeRole, clock: () => number): AssumeRole {
  if (seconds === 0) return assumeRole
  const sessions = new Map<string, { readonly until: number; readonly session: Promise<StsSession> }>()
  return (request, abortSignal) => {
    const { roleArn, sessionName, policy, durationSeconds, notBefore } = request
    // Who was signed out since does not get the session of before.
    const key = JSON.stringify([roleArn, sessionName, policy, durationSeconds, notBefore])
    const now = clock()
    const known = sessions.get(key)
    if (known !== undefined && now < known.until) return known.session
    const session = assumeRole(request, abortSignal)
    sessions.delete(key)
    sessions.set(key, { until: now + seconds * 1000, session })
    session.catch(() => {
      if (sessions.get(key)?.session === session) sessions.delete(key)
    })
    for (const [oldest, { until }] of sessions) {
      if (sessions.size <= capacity && now < until) break
      sessions.delete(oldest)
    }
    return session
  }
}
