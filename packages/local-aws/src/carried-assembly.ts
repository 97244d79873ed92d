import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packing adds the default stack here; a checkout has its own cdk.out instead. */
const carried = fileURLToPath(new URL('../assembly', import.meta.url))

/** The default stack from `cdk synth` at the time of packing; undefined in a checkout. */
export function carriedAssembly(): string | undefined {
  return isAssembly(carried) ? carried : undefined
}

/** Whether the folder is the root of a CDK app, whose own stacks are to be deployed. */
export function isCdkApp(root: string): boolean {
  return existsSync(join(root, 'cdk.json'))
}

/**
 * The assembly to deploy for a project: its own `cdk.out`, or the default stack of topic-credentials if the folder is not a CDK app.
 *
 * @returns the folder of the assembly; undefined if the app has not been synthesized
 * @example
 * const assembly = assemblyIn(process.cwd())
 * if (assembly !== undefined) await startLocalAws({ assembly })
 */
export function assemblyIn(root: string): string | undefined {
  const own = join(root, 'cdk.out')
  if (isAssembly(own)) return own
  return isCdkApp(root) ? undefined : carriedAssembly()
}

function isAssembly(folder: string): boolean {
  return existsSync(join(folder, 'manifest.json'))
}
