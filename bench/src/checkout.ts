import { fileURLToPath } from 'node:url'

/** Folder of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** What `cdk synth` wrote; `pnpm bench` sees to it that it is there. */
export const assembly = fileURLToPath(new URL('../../cdk.out', import.meta.url))
