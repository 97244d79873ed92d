import { fileURLToPath } from 'node:url'

/** Root folder of this checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url))
/** The cloud assembly of `cdk synth`, which `pnpm bench` creates first. */
export const assembly = fileURLToPath(new URL('../../cdk.out', import.meta.url))
