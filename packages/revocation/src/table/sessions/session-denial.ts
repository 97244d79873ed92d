import { oneOrMany } from '@topic-credentials/grants'
import { type PolicyDocument, policyDocument, type Statement } from '../../roles/policy-document.js'
import type { SessionState } from './session-state.js'

/**
 * The topic role's policy for live sessions. A session's `aws:userid` is `<role ID>:<session name>`, and neither part contains a colon,
 * so `*:alice` matches exactly the sessions of alice, whatever the role's name. Undefined if there is nothing to deny.
 *
 * @param version Version of the state. It is part of the Sids, so that a reader of the policy knows its age.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export function sessionDenial({ denied, everybody }: SessionState, version: number): PolicyDocument | undefined {
  const patterns = new Map<number | undefined, Set<string>>()
  for (const { pattern, before } of Object.values(denied)) {
    patterns.set(before, (patterns.get(before) ?? new Set()).add(pattern))
  }
  const always = [...(patterns.get(undefined) ?? [])]
  patterns.delete(undefined)
  const dated = [...patterns].sort(([a = 0], [b = 0]) => a - b)
  return policyDocument([
    ...(always.length === 0 ? [] : [deny(`Revoked${version}`, always)]),
    ...dated.map(([before = 0, names], index) => deny(`SignedOut${version}x${index}`, [...names], before)),
    ...(everybody === undefined ? [] : [deny(`Everybody${version}`, [], everybody.before)]),
  ])
}

function deny(Sid: string, names: readonly string[], before?: number): Statement {
  const users = names.length === 0 ? {} : { StringLike: { 'aws:userid': oneOrMany(sorted(names)) } }
  const times = before === undefined ? {} : { DateLessThan: { 'aws:TokenIssueTime': isoSeconds(before) } }
  return { Sid, Effect: 'Deny', Action: '*', Resource: '*', Condition: { ...times, ...users } }
}

function sorted(names: readonly string[]): readonly string[] {
  return names.map((name) => `*:${name}`).sort()
}

/** IAM's dates need no milliseconds. */
function isoSeconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('.000Z', 'Z')
}
