import { setTimeout } from 'node:timers/promises'
import {
  DeleteRolePolicyCommand,
  type IAMClient,
  LimitExceededException,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam'
import { type PolicyDocument, policyName } from './policy-document.js'
import { readPolicy, readRolePolicies } from './role-policies.js'

/** The inline policy `Revocations` of a role. {@link iamRole} implements it with IAM. */
export interface RolePolicy {
  /** Maximum length of the policy in characters, given the role's other policies. Can be slightly stale. */
  room(): Promise<number>
  /** Undefined if there is none. Can be slightly stale. */
  read(): Promise<string | undefined>
  /** Overwrites the policy; undefined deletes it. Returns false if IAM has no room. */
  write(document: PolicyDocument | undefined): Promise<boolean>
}

export function iamRole(iam: IAMClient, roleName: string): RolePolicy {
  const target = { RoleName: roleName, PolicyName: policyName }
  return {
    room: async () => (await readRolePolicies(iam, roleName)).room,
    read: () => readPolicy(iam, roleName, policyName),
    async write(document) {
      try {
        if (document === undefined) {
          await iam.send(new DeleteRolePolicyCommand(target))
        } else {
          await iam.send(new PutRolePolicyCommand({ ...target, PolicyDocument: JSON.stringify(document) }))
        }
      } catch (error) {
        if (error instanceof LimitExceededException) return false
        if (!(document === undefined && error instanceof NoSuchEntityException)) throw error
      }
      return true
    },
  }
}

/** How long and how to wait for a write to become visible. */
export interface Patience {
  /** Maximum number of reads. */
  readonly reads: number
  readonly pause: (attempt: number) => Promise<void>
}

/** About half a minute: IAM's reads are rarely stale, and then by seconds. */
export const halfAMinute: Patience = {
  reads: 20,
  pause: (attempt) => setTimeout(Math.min(100 * 2 ** attempt, 2000)),
}

/** Reads until IAM shows the written document. Returns whether it did. */
export async function stands(
  role: RolePolicy,
  document: PolicyDocument | undefined,
  { reads, pause }: Patience,
): Promise<boolean> {
  const text = document === undefined ? undefined : JSON.stringify(document)
  for (let attempt = 0; attempt < reads; attempt++) {
    if (attempt > 0) await pause(attempt)
    if ((await role.read()) === text) return true
  }
  return false
}
