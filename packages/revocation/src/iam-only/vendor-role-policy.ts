import { oneOrMany } from '@topic-credentials/grants'
import { type PolicyDocument, policyDocument, readDocument, type Statement } from '../roles/policy-document.js'

/**
 * The Deny of the vending function's role: STS refuses every session with the name of a revoked user. It applies to any role, because the
 * topic role can be replaced by one with another name, and the function needs no other role. Undefined if there is nothing to deny.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (sts:RoleSessionName)
 */
export function vendorRolePolicy(revoked: readonly string[]): PolicyDocument | undefined {
  if (revoked.length === 0) return undefined
  return policyDocument([
    {
      Sid: 'NoSessionsForRevokedUsers',
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: '*',
      Condition: { StringEquals: { 'sts:RoleSessionName': oneOrMany(revoked) } },
    },
  ])
}

/** @throws RevocationError `foreign_policy` for a document that {@link vendorRolePolicy} did not write */
export function readVendorRolePolicy(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  const read = (statements: readonly Statement[]) =>
    statements.flatMap(({ Condition }) => Condition?.StringEquals?.['sts:RoleSessionName'] ?? [])
  return readDocument(text, read, vendorRolePolicy)
}
