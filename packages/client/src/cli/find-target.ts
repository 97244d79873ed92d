import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { deployedStack } from './deployed-stack.js'
import { findStandIn, startStandIn } from './stand-in.js'
import type { Target } from './target.js'
import { projectRoot, userPath } from './workspace.js'

/** The file that `cdk deploy` writes, in the project's root (cdk.json, `outputsFile`). */
export const OUTPUTS_FILE = 'cdk-outputs.json'

/** Finds a target: a deployed stack, else a running stand-in, else one of its own. */
export async function findTarget(outputs: string | undefined): Promise<Target> {
  const root = projectRoot()
  const file = outputs === undefined ? join(root, OUTPUTS_FILE) : userPath(outputs)
  if (outputs !== undefined || existsSync(file)) return deployedStack(file)
  return (await findStandIn(root)) ?? (await startStandIn(root))
}
