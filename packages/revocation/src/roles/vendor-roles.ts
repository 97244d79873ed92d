import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { RevocationError } from '../errors.js'

/**
 * Names of the roles that the topic role trusts. A deployed stack has one: the vending function's role.
 *
 * @throws RevocationError `unknown_vendor` if another principal is trusted, which could continue to vend
 */
export async function vendorRoles(iam: IAMClient, topicRoleName: string): Promise<string[]> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: topicRoleName }))
  const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')) as TrustPolicy
  const trusted = [trust.Statement ?? []]
    .flat()
    .flatMap(({ Effect, Principal }) => (Effect === 'Allow' ? [Principal] : []))
  const principals = trusted.flatMap((one) =>
    typeof one === 'object' ? Object.values(one).flat() : [one ?? 'no principal'],
  )
  const names = principals.map((principal) => {
    const name = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:.*\/)?([\w+=,.@-]+)$/u.exec(principal)?.[1]
    if (name !== undefined) return name
    throw unknown(`The role ${topicRoleName} trusts '${principal}', which is not a role`, principal)
  })
  if (names.length === 0) throw unknown(`The role ${topicRoleName} trusts no role`, trust)
  return [...new Set(names)]
}

interface TrustPolicy {
  readonly Statement?: TrustStatement | readonly TrustStatement[]
}

interface TrustStatement {
  readonly Effect: string
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>
}

function unknown(message: string, value: unknown): RevocationError {
  const remedy = 'Nothing was changed. Deploy the stack again, so that the role trusts only the vending function.'
  return new RevocationError('unknown_vendor', message, { value, remedy })
}
