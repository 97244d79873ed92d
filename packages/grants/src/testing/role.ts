import { sharedDenies } from '../policy/shared-denies.js'

export const location = { partition: 'aws', region: 'eu-west-1', accountId: '123456789012' } as const

/** The Deny statements of every topic role. */
export const usualDenials = { Version: '2012-10-17', Statement: sharedDenies(location) }

/** The widest ceiling. */
export const wholeAccount = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource: 'arn:aws:iot:eu-west-1:123456789012:*' }],
}

/** The policies of a topic role with the widest ceiling, so that the session policy alone decides. */
export const usualRole = [wholeAccount, usualDenials]
