import { oneOrMany } from '@topic-credentials/grants'
import { type PolicyDocument, policyDocument, readDocument } from './policy-document.js'

/**
 * The Deny that the vending function's role carries: STS refuses it a session that has the name of a revoked user. Undefined when
 * there is nothing to deny.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (sts:RoleSessionName)
 */
export function vendorRolePolicy(revoked: readonly string[], topicRoleArn: string): PolicyDocument | undefined {
  if (revoked.length === 0) return undefined
  return policyDocument([
    {
      Sid: 'NoSessionsForRevokedUsers',
      Effect: 'Deny',
      Action: 'sts:AssumeRole',
      Resource: topicRoleArn,
      Condition: { StringEquals: { 'sts:RoleSessionName': oneOrMany(revoked) } },
    },
  ])
}

/** @throws RevocationError `foreign_policy` for a document that {@link vendorRolePolicy} did not write */
export function readVendorRolePolicy(text: string | undefined, topicRoleArn: string): readonly string[] {
  if (text === undefined) return []
  return readDocument(
    text,
    (statements) => statements.flatMap(({ Condition }) => Condition?.StringEquals?.['sts:RoleSessionName'] ?? []),
    (revoked) => vendorRolePolicy(revoked, topicRoleArn),
  )
}
