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

/** A role's inline policy `Revocations`. {@link iamRole} is IAM's. */
export interface RolePolicy {
  /** Characters that the policy may have, beside the role's others. It may be of some moments ago. */
  room(): Promise<number>
  /** Undefined where there is none. It may be of some moments ago. */
  read(): Promise<string | undefined>
  /** Writes, whatever is there; undefined deletes. Answers false when IAM has no room. */
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

/** How long, and how, a write is waited for. */
export interface Patience {
  /** Reads until it is given up. */
  readonly reads: number
  readonly pause: (attempt: number) => Promise<void>
}

/** About half a minute: IAM's reads are seldom late, and then by seconds. */
export const halfAMinute: Patience = {
  reads: 20,
  pause: (attempt) => setTimeout(Math.min(100 * 2 ** attempt, 2000)),
}

/** Reads until IAM shows what was written. Answers whether it did. */
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
