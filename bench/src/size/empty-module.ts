/** Nothing. */
export const nothing = undefined
