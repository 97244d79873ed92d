/** A policy document as its author wrote it, with the name that refusals cite. */
export interface NamedPolicy {
  /** `role sts-sample-role: inline policy ceiling`, `session policy`, … */
  readonly name: string
  readonly document: unknown
}

/** The policies that meet in one decision: identity ∩ session ∩ boundary; a Deny in any of them wins. */
export interface PolicySet {
  readonly identity: readonly NamedPolicy[]
  /** Absent means: not limited by a session policy. Present and empty means: nothing is allowed. */
  readonly session?: readonly NamedPolicy[]
  readonly boundary?: readonly NamedPolicy[]
}
