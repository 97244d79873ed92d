/** Every message of this bench goes here; any user may publish to it and subscribe to it. */
export const topic = 'test'
