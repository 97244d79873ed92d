import type { Clock } from '../../clock.js'
import type { PolicyDocument } from '../policy/document.js'
import type { View } from '../view.js'
import type { Role } from './entities.js'

/** Milliseconds for which past states are kept: more than any fault needs. */
const remembered = 3_600_000

/**
 * Delays the visibility of changes to roles and policies, with a separate delay for each view; by default there is none. New roles, deleted
 * ones and the policies of users are not delayed: that would make every deployment here slower. Decisions read their policies through the
 * principal, by view, so no other code depends on the delay.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html ("It can take 6 to 8 minutes for changes made to a policy to become effective")
 */
export class Propagation {
  readonly #clock: Clock
  readonly #lags: Record<View, () => number> = { reads: none, iot: none, decisions: none }
  readonly #roles = new Past<Role>()
  readonly #documents = new Past<PolicyDocument>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Sets the delay of a view in milliseconds; a function is called each time. 0 ends it. */
  lag(view: View, milliseconds: number | (() => number)): void {
    this.#lags[view] = typeof milliseconds === 'number' ? () => milliseconds : milliseconds
  }

  /** Must be called before a role changes. */
  rememberRole(role: Role): void {
    this.#roles.add(role.arn, { ...role, inlinePolicies: new Map(role.inlinePolicies) }, this.#clock.now())
  }

  /** Must be called before a managed policy changes. */
  rememberDocument(arn: string, document: PolicyDocument): void {
    this.#documents.add(arn, document, this.#clock.now())
  }

  /** The role as seen by the view. */
  role(role: Role, view: View): Role {
    const seen = this.#past(this.#roles, role.arn, view)
    // An earlier role with the same name is a different role.
    return seen?.roleId === role.roleId ? seen : role
  }

  /** The managed policy as seen by the view. */
  document(arn: string, document: PolicyDocument, view: View): PolicyDocument {
    return this.#past(this.#documents, arn, view) ?? document
  }

  #past<T>(past: Past<T>, key: string, view: View): T | undefined {
    const lag = this.#lags[view]()
    // The clock can be set back: without a delay, the present state is used.
    return lag <= 0 ? undefined : past.at(key, this.#clock.now() - lag)
  }
}

/** Past states, and until when each was current. */
class Past<T> {
  readonly #byKey = new Map<string, { readonly until: number; readonly value: T }[]>()

  add(key: string, value: T, now: number): void {
    const known = this.#byKey.get(key)?.filter(({ until }) => until > now - remembered) ?? []
    this.#byKey.set(key, [...known, { until: now, value }])
  }

  /** Undefined: the current state already existed then. */
  at(key: string, moment: number): T | undefined {
    return this.#byKey.get(key)?.find(({ until }) => until > moment)?.value
  }
}

function none(): number {
  return 0
}
