/**
 * How a session policy is written, safest first. `full`: ARNs with Region and account, no wildcard before the name. `short`: Region and
 * account are wildcards. `dense`: the resource type is a wildcard as well, so that one ARN covers a topic and its filter.
 */
export type PolicyForm = 'full' | 'short' | 'dense'
