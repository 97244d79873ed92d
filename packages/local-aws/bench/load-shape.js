/** The users of the load: each has one connection, and one topic that it publishes to and is subscribed to. */
export function userOf(index) {
  return `user-${index}`
}
export function clientIdOf(index) {
  return `${userOf(index)}:bench`
}
export function topicOf(index) {
  return `users/${userOf(index)}/bench`
}

export const payloadBytes = 256
