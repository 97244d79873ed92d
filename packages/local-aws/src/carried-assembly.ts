import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Packing puts the default stack there; a checkout has its own cdk.out instead. */
const carried = fileURLToPath(new URL('../assembly', import.meta.url))

/** The default stack as `cdk synth` wrote it when this package was packed; undefined in a checkout. */
export function carriedAssembly(): string | undefined {
  return isAssembly(carried) ? carried : undefined
}

/** Whether the folder is the root of a CDK app, whose stacks are the ones to deploy. */
export function isCdkApp(root: string): boolean {
  return existsSync(join(root, 'cdk.json'))
}

/**
 * What can be realised for a project: its own `cdk.out`; the default stack of topic-credentials where the folder is no CDK app.
 *
 * @returns the assembly's folder; undefined: the app has not been synthesized
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
