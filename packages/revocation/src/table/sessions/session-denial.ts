import { denyBefore, type PolicyDocument, policyDocument } from '../../roles/policy-document.js'
import type { SessionState } from './session-state.js'

/**
 * The topic role's policy for live sessions. A session's `aws:userid` is `<role ID>:<session name>`, and neither part contains a colon,
 * so `*:alice` matches exactly the sessions of alice, with any name of the role. Undefined if there is nothing to deny.
 *
 * @param version Version of the state. It is part of the Sids, so that the policy shows its age.
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
    ...(always.length === 0 ? [] : [denyBefore(`Revoked${version}`, always.sort())]),
    ...dated.map(([before = 0, names], index) => denyBefore(`SignedOut${version}x${index}`, [...names].sort(), before)),
    ...(everybody === undefined ? [] : [denyBefore(`Everybody${version}`, [], everybody.before)]),
  ])
}
