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

/** Messages per second at least so many times those of bare aedes, by how it stands behind ws; memory of a connection below so much. */
export const targets = { messages: { aedes: 0.9, 'aedes-ws-stream': 2 }, residentKiB: 140 }
