import type { ConditionContext } from '../conditions/context.js'
import type { Principal } from '../principal.js'
import type { RoleView } from '../view.js'
import { contextOf } from './authorize.js'
import { type AccessRequest, type Decision, evaluateInContext, type PolicySet } from './evaluate.js'

/** Names whose decisions one memory keeps. */
const namesKept = 128

/** Whose decisions are remembered, and how a service asks for and answers them. */
export interface DecisionMemoryOptions<Operation extends string, Ruling> {
  readonly principal: Principal
  /** Stays as it is. */
  readonly context: ConditionContext
  /** What an operation on a name is to IAM; nothing else may follow from anything else. */
  readonly request: (operation: Operation, name: string) => AccessRequest
  readonly ruling: (request: AccessRequest, decision: Decision) => Ruling
  readonly view?: RoleView
}

/**
 * What may this principal do: for services that ask the same again and again. A decision is remembered while the principal's
 * policies and tags are the very same ones, which is looked at every time, and never when it depended on the time.
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

  /** Decides as `authorize` does. */
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
