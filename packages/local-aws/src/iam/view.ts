/** From where a role's policies are looked at: by AWS IoT, which keeps them for minutes, or by all other services when they decide. */
export type RoleView = 'iot' | 'decisions'

/** The same, and the reads of IAM's own API. */
export type View = RoleView | 'reads'
