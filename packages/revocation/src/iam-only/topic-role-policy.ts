import {
  denyBefore,
  isoSeconds,
  type PolicyDocument,
  policyDocument,
  readDocument,
  type Statement,
} from '../roles/policy-document.js'
import { noRevocations, type Revocations, type SignedOut } from './revocations.js'

/**
 * The Deny statements of the topic role. A session's `aws:userid` is `<role ID>:<session name>`, and neither part contains a colon, so
 * `*:alice` matches exactly the sessions of alice. Session names contain no character that is special in IAM. Undefined if there is
 * nothing to deny.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_disable-perms.html
 */
export function topicRolePolicy({ revoked, signedOut, everybody }: Revocations): PolicyDocument | undefined {
  const times = [...new Set(signedOut.map(({ before }) => before))]
  return policyDocument([
    ...(revoked.length === 0 ? [] : [denyBefore('Revoked', revoked)]),
    ...times.map((before) => {
      const names = signedOut.filter((one) => one.before === before).map(({ sessionName }) => sessionName)
      return denyBefore(`SignedOut${isoSeconds(before).replaceAll(/[-:]/gu, '')}`, names, before)
    }),
    ...(everybody === undefined ? [] : [denyBefore('Everybody', [], everybody)]),
  ])
}

/** @throws RevocationError `foreign_policy` for a document that {@link topicRolePolicy} did not write */
export function readTopicRolePolicy(text: string | undefined): Revocations {
  if (text === undefined) return noRevocations
  return readDocument(text, readStatements, topicRolePolicy)
}

function readStatements(statements: readonly Statement[]): Revocations {
  const revoked: string[] = []
  const signedOut: SignedOut[] = []
  let everybody: number | undefined
  for (const { Condition } of statements) {
    const names = [Condition?.StringLike?.['aws:userid'] ?? []].flat().map((pattern) => pattern.replace(/^\*:/u, ''))
    const time = Condition?.DateLessThan?.['aws:TokenIssueTime']
    if (names.length === 0) {
      everybody = Date.parse(String(time))
    } else if (time === undefined) {
      revoked.push(...names)
    } else {
      signedOut.push(...names.map((sessionName) => ({ sessionName, before: Date.parse(String(time)) })))
    }
  }
  return { revoked, signedOut, ...(everybody === undefined ? {} : { everybody }) }
}
