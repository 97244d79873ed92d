/**
 * How a session policy is written, safest first. `full`: ARNs with Region and account, no wildcard before the name. `short`: Region and
 * account open. `dense`: the resource type open as well, so that a topic and its filter are one ARN.
 */
export type PolicyForm = 'full' | 'short' | 'dense'
