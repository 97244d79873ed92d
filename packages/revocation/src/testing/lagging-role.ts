import { authorize, Directory } from '@topic-credentials/local-aws/iam'
import type { PolicyDocument } from '../roles/policy-document.js'
import type { RolePolicy } from '../roles/role-policy.js'

const roleName = 'topics'
function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}

/** For tests: a role in the stand-in's IAM with stale reads, and the permissions of its sessions. */
export class TestRole {
  readonly clock = { at: Date.parse('2026-11-23T12:00:00Z'), now: () => this.clock.at }
  readonly #directory = new Directory({ accountId: '123456789012', clock: this.clock })
  /** Every version of the policy, in order. */
  readonly history: (string | undefined)[] = [undefined]
  /** Characters for the policy. */
  space = 9_000

  constructor() {
    const trustPolicy = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' })
    const all = policy({ Effect: 'Allow', Action: '*', Resource: '*' })
    this.#directory.createRole({ roleName, trustPolicy, inlinePolicies: { Ceiling: all } })
  }

  /**
   * The role as one operator sees it.
   *
   * @param late By how many writes the next read is stale.
   */
  view(step: () => Promise<void>, late: () => number): RolePolicy {
    return {
      room: async () => this.space,
      read: async () => {
        await step()
        return this.history.at(-1 - Math.min(late(), this.history.length - 1))
      },
      write: async (document) => {
        await step()
        const written = this.#write(document)
        await step()
        return written
      },
    }
  }

  /** Whether a session of this name with this issue time is allowed anything now. */
  may(sessionName: string, issuedAt: number): boolean {
    const role = this.#directory.role(roleName)
    if (role === undefined) return false
    const now = this.clock.at
    this.clock.at = issuedAt
    const { principal } = this.#directory.addSession({ role, sessionName, durationSeconds: 3600 })
    this.clock.at = now
    const request = { action: 'iot:Publish', resource: 'arn:aws:iot:eu-west-1:123456789012:topic/test' }
    return authorize(principal, request).outcome === 'Allowed'
  }

  #write(document: PolicyDocument | undefined): boolean {
    const text = document === undefined ? undefined : JSON.stringify(document)
    if ((text?.length ?? 0) > this.space) return false
    if (text !== undefined) {
      this.#directory.putRolePolicy(roleName, 'Revocations', text)
    } else if (this.history.at(-1) !== undefined) {
      this.#directory.deleteRolePolicy(roleName, 'Revocations')
    }
    this.history.push(text)
    return true
  }
}
