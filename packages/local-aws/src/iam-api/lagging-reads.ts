import type { PolicyDocument, Role } from '../iam/index.js'

/** What IAM's API can be made to do wrong. */
export interface IamFaults {
  /**
   * Reads answer as of so many milliseconds ago, as IAM's replicas may; a function is asked anew for each read. Writes and
   * decisions are not late. 0 ends it.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
   */
  lagReads(milliseconds: number | (() => number)): void
}

type Policies = ReadonlyMap<string, PolicyDocument>

/** Inline policies of roles as they were: what a read that lags is answered from. Only changes through the API are known. */
export class LaggingReads implements IamFaults {
  #lag: () => number = () => 0
  readonly #past = new WeakMap<Role, { readonly until: number; readonly policies: Policies }[]>()

  lagReads(milliseconds: number | (() => number)): void {
    this.#lag = typeof milliseconds === 'number' ? () => milliseconds : milliseconds
  }

  /** To be called before a write. */
  remember(role: Role, now: number): void {
    const past = this.#past.get(role) ?? []
    past.push({ until: now, policies: new Map(role.inlinePolicies) })
    this.#past.set(role, past)
  }

  policies(role: Role, now: number): Policies {
    const lag = this.#lag()
    // The clock can be set back: without a lag there is no past.
    if (lag <= 0) return role.inlinePolicies
    const moment = now - lag
    return this.#past.get(role)?.find(({ until }) => until > moment)?.policies ?? role.inlinePolicies
  }
}
