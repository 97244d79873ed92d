/** The topic of all messages of this benchmark; every user may publish and subscribe to it. */
export const topic = 'test'
