import type { AssumeRole, StsSession } from './assume-role.js'

/** Maximum number of cached sessions. The oldest are evicted first. */
const capacity = 1000

/**
 * {@link AssumeRole} with a cache: the same user, policy and duration get the same session for `seconds`. Concurrent requests share one
 * call. Failures are not cached.
 *
 * It protects STS from one user who sends many requests (many tabs, a client in a loop). The cost: these connections share credentials,
 * a session vended just before a revocation is handed out for up to `seconds` after it, and the credentials live that much shorter than
 * requested. The secrets stay in the memory of this process for that time.
 */
export function cachedFor(seconds: number, assumeRole: AssumeRole, clock: () => number): AssumeRole {
  if (seconds === 0) return assumeRole
  const sessions = new Map<string, { readonly until: number; readonly session: Promise<StsSession> }>()
  return (request, abortSignal) => {
    const { roleArn, sessionName, policy, durationSeconds, notBefore } = request
    // After a sign-out, the user does not get an earlier session.
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
