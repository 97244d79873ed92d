declare const validated: unique symbol

/** A topic filter that `parseTopicFilter` has let through: well formed, within AWS's limits. */
export type TopicFilter = string & { readonly [validated]: 'TopicFilter' }

/** The three lists of {@link Grants}. */
export const grantKinds = ['publish', 'subscribe', 'retain'] as const
export type GrantKind = (typeof grantKinds)[number]

/** What one user may do. Each entry is an MQTT topic filter (`+` and a last `#` are wildcards). */
export interface Grants {
  /** Publish to every topic that the filter matches. */
  readonly publish: readonly TopicFilter[]
  /** Subscribe to every filter that this one covers, and receive what it matches. `$share/<group>/<filter>` is its own grant. */
  readonly subscribe: readonly TopicFilter[]
  /** Publish with RETAIN there; the topic needs a publish grant as well. */
  readonly retain: readonly TopicFilter[]
}

/** One entry of {@link Grants}: which list it stands in, and its text. */
export interface GrantReference {
  readonly kind: GrantKind
  readonly filter: string
}

/** A rule that applies to the user and gives nothing, because a value cannot stand in a topic. */
export interface DroppedRule {
  /** `entitlements[1]`. */
  readonly rule: string
  /** What cannot be used, and why. */
  readonly reason: string
  readonly remedy: string
}
