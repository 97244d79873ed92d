import type { Action } from '../translation/action-grants.js'

/** A statement before it is rendered. */
export interface StatementDraft {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** A resource with the actions that must name it and those that may. */
export interface ResourceActions {
  readonly resource: string
  readonly needed: ReadonlySet<Action>
  /** Includes `needed`. For an Allow the two are equal; a Deny may list more actions if they are not granted there. */
  readonly harmless: ReadonlySet<Action>
}
