declare const validated: unique symbol

/** A topic filter that `parseTopicFilter` has validated: well formed and within AWS's limits. */
export type TopicFilter = string & { readonly [validated]: 'TopicFilter' }

/** The three lists of {@link Grants}. */
export const grantKinds = ['publish', 'subscribe', 'retain'] as const
export type GrantKind = (typeof grantKinds)[number]

/** What one user is allowed to do. Each entry is an MQTT topic filter (`+` and a trailing `#` are wildcards). */
export interface Grants {
  /** Publish to every topic that the filter matches. */
  readonly publish: readonly TopicFilter[]
  /** Subscribe to every filter that this one covers, and receive the messages it matches. `$share/<group>/<filter>` needs its own grant. */
  readonly subscribe: readonly TopicFilter[]
  /** Publish with the RETAIN flag; the topic needs a publish grant as well. */
  readonly retain: readonly TopicFilter[]
}

/** One value for each kind of grant. */
export function byKind<T>(each: (kind: GrantKind) => T): Readonly<Record<GrantKind, T>> {
  return { publish: each('publish'), subscribe: each('subscribe'), retain: each('retain') }
}

/** One entry of {@link Grants}: its list and its filter. */
export interface GrantReference {
  readonly kind: GrantKind
  readonly filter: string
}

/** A rule that applies to the user but grants nothing, because a value cannot be part of a topic. */
export interface DroppedRule {
  /** `entitlements[1]`. */
  readonly rule: string
  /** Which value cannot be used, and why. */
  readonly reason: string
  readonly remedy: string
}
