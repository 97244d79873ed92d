/** The users of the load: each has one connection, and one topic that it publishes to and is subscribed to. */
export const userOf = (index) => `user-${index}`
export const clientIdOf = (index) => `${userOf(index)}:bench`
export const topicOf = (index) => `users/${userOf(index)}/bench`

export const PAYLOAD_BYTES = 256
