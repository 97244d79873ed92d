/** Which service evaluates a role's policies: AWS IoT, which caches them for minutes, or any other service. */
export type RoleView = 'iot' | 'decisions'

/** The same plus the reads of IAM's own API. */
export type View = RoleView | 'reads'
