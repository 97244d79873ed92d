import {
  GetRolePolicyCommand,
  type IAMClient,
  ListRolePoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam'
import { rolePolicyLimit } from '@topic-credentials/grants'
import { policyName } from './policy-document.js'

/** The inline policies of a role: the text of ours, and the space that the others leave. */
export interface RolePolicies {
  readonly roleName: string
  /** Text of our policy. */
  readonly own: string | undefined
  /** Maximum length of our policy in characters. */
  readonly room: number
}

export async function readRolePolicies(iam: IAMClient, roleName: string): Promise<RolePolicies> {
  const names: string[] = []
  let marker: string | undefined
  do {
    const page = await iam.send(
      new ListRolePoliciesCommand({ RoleName: roleName, ...(marker === undefined ? {} : { Marker: marker }) }),
    )
    names.push(...(page.PolicyNames ?? []))
    marker = page.IsTruncated === true ? page.Marker : undefined
  } while (marker !== undefined)
  const texts = await Promise.all(names.map(async (name) => [name, await readPolicy(iam, roleName, name)] as const))
  const own = texts.find(([name]) => name === policyName)?.[1]
  const others = texts.flatMap(([name, text]) => (name === policyName || text === undefined ? [] : [text]))
  const taken = others.reduce((sum, text) => sum + JSON.stringify(JSON.parse(text)).length, 0)
  return { roleName, own, room: rolePolicyLimit - taken }
}

/** Undefined if there is none. A policy that was just listed can be missing, because IAM's reads can be from different times. */
export async function readPolicy(iam: IAMClient, RoleName: string, PolicyName: string): Promise<string | undefined> {
  try {
    const { PolicyDocument: text = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
    return decodeURIComponent(text)
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw error
  }
}
