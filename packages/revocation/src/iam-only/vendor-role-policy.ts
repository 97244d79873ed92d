import { oneOrMany } from '@topic-credentials/grants'
import { type PolicyDocument, policyDocument, readDocument } from '../roles/policy-document.js'

/**
 * The Deny of the vending function's role: STS refuses it every session with the name of a revoked user, for any role, because the topic
 * role can be replaced by one with another name and the function may assume no other role. Undefined if there is nothing to deny.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (sts:RoleSessionName)
 */
export function vendorRolePolicy(revoked: readonly string[], resource = '*'): PolicyDocument | undefined {
  if (revoked.length === 0) return undefined
  return policyDocument([
    {
      Sid: 'NoSessionsForRevokedUsers',
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: resource,
      Condition: { StringEquals: { 'sts:RoleSessionName': oneOrMany(revoked) } },
    },
  ])
}

/** Also accepts a policy that names the topic role, as earlier versions wrote it. @throws RevocationError `foreign_policy` */
export function readVendorRolePolicy(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  let resource = '*'
  return readDocument(
    text,
    (statements) => {
      resource = statements[0]?.Resource ?? '*'
      return statements.flatMap(({ Condition }) => Condition?.StringEquals?.['sts:RoleSessionName'] ?? [])
    },
    (revoked) => vendorRolePolicy(revoked, resource),
  )
}
