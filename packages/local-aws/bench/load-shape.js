/** The users of the load: each has one connection and one topic, to which it publishes and subscribes. */
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

/** Minimum ratio of messages per second to plain aedes, for each way to run it, and the maximum memory of a connection. */
export const targets = { messages: { aedes: 0.9, 'aedes-ws-stream': 2 }, residentKiB: 140 }
