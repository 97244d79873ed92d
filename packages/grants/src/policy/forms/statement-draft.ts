import type { Action } from '../translation/action-grants.js'

/** A statement in the making. */
export interface StatementDraft {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** A resource that some actions must name and others may. */
export interface ResourceActions {
  readonly resource: string
  readonly needed: ReadonlySet<Action>
  /** Includes `needed`. For an Allow the two are the same; a Deny may reach further where nothing is actionGrants. */
  readonly harmless: ReadonlySet<Action>
}
