import { fileURLToPath } from 'node:url'

/** Root folder of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** The cloud assembly of `cdk synth`, which `npm run bench` creates first. */
export const assembly = fileURLToPath(new URL('../../cdk.out', import.meta.url))
