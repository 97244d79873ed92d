/** An empty module. */
export const nothing = undefined
