import type { Action } from '../translation/action-grants.js'

/** A statement before it is rendered. */
export interface StatementDraft {
  readonly actions: readonly string[]
  readonly resources: readonly string[]
}

/** A resource, the actions that must name it, and the actions that can name it without effect on a grant. */
export interface ResourceActions {
  readonly resource: string
  readonly needed: ReadonlySet<Action>
  /** Includes `needed`. For an Allow the two are equal; a Deny can list more actions if they are not granted there. */
  readonly harmless: ReadonlySet<Action>
}
