import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { deployedStack } from './deployed-stack.js'
import type { SharedOptions } from './options.js'
import { findStandIn, startStandIn } from './stand-in.js'
import { readCertificates, type Target } from './target.js'
import { projectRoot, userPath } from './workspace.js'

/** The file that `cdk deploy` writes, in the project's root (cdk.json, `outputsFile`). */
export const outputsFile = 'cdk-outputs.json'

/** Finds a target: a vendor's URL, else a deployed stack, else a running stand-in, else one of its own. */
export async function findTarget({ url, ca, outputs }: SharedOptions): Promise<Target> {
  const certificates = ca === undefined ? undefined : readCertificates(ca)
  if (url !== undefined) return vendorAt(url, certificates)
  const root = projectRoot()
  const file = outputs === undefined ? join(root, outputsFile) : userPath(outputs)
  if (outputs !== undefined || existsSync(file)) return deployedStack(file)
  return (await findStandIn(root)) ?? (await startStandIn(root))
}

function vendorAt(url: string, ca: string | undefined): Target {
  return {
    description: `the vendor ${url}`,
    credentialsUrl: url,
    // Where the endpoint's certificate is from a private authority, so is the vendor's.
    ...(ca === undefined ? {} : { ca }),
    [Symbol.asyncDispose]: async () => {},
  }
}
