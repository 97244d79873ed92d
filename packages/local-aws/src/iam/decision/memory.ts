import type { ConditionContext } from '../conditions/context.js'
import type { Principal } from '../principal.js'
import type { RoleView } from '../view.js'
import { contextOf } from './authorize.js'
import { type AccessRequest, type Decision, evaluateInContext, type PolicySet } from './evaluate.js'

/** Number of names whose decisions are cached. */
const namesKept = 128

/** The principal whose decisions are cached, and the mapping between a service's operations and IAM. */
export interface DecisionMemoryOptions<Operation extends string, Ruling> {
  readonly principal: Principal
  /** Must not change. */
  readonly context: ConditionContext
  /** Maps an operation on a name to an IAM request; the request must depend on nothing else. */
  readonly request: (operation: Operation, name: string) => AccessRequest
  readonly ruling: (request: AccessRequest, decision: Decision) => Ruling
  readonly view?: RoleView
}

/**
 * Cached decisions about one principal, for services that repeat requests. A cached decision is valid while the principal's policies and
 * tags are identical, which is checked every time. Decisions that depend on the time are never cached.
 */
export class DecisionMemory<Operation extends string, Ruling> {
  readonly #principal: Principal
  readonly #options: DecisionMemoryOptions<Operation, Ruling>
  readonly #byName = new Map<string, { [O in Operation]?: Ruling }>()
  #policies: PolicySet | undefined
  #tags: Principal['tags'] | undefined

  constructor(options: DecisionMemoryOptions<Operation, Ruling>) {
    this.#principal = options.principal
    this.#options = options
  }

  /** Decides like `authorize`. */
  decide(operation: Operation, name: string): Ruling {
    const policies = this.#principal.policies(this.#options.view)
    const { tags } = this.#principal
    if (policies !== this.#policies || tags !== this.#tags) {
      this.#byName.clear()
      this.#policies = policies
      this.#tags = tags
    }
    return this.#byName.get(name)?.[operation] ?? this.#decideNow(operation, name, policies)
  }

  #decideNow(operation: Operation, name: string, policies: PolicySet): Ruling {
    const { principal, context, request: requestOf, ruling: rulingOf } = this.#options
    const request = requestOf(operation, name)
    const lookup = contextOf(principal, context)
    const ruling = rulingOf(request, evaluateInContext(request, policies, lookup))
    if (!lookup.dependsOnTime) {
      if (this.#byName.size >= namesKept) this.#byName.clear()
      const known: { [O in Operation]?: Ruling } = this.#byName.get(name) ?? {}
      known[operation] = ruling
      this.#byName.set(name, known)
    }
    return ruling
  }
}
