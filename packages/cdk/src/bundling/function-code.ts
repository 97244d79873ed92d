import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Code } from 'aws-cdk-lib/aws-lambda'
import type { Bundler } from './bundle.js'

/**
 * Bundles a function for as long as `use` needs its code.
 *
 * The folder needs a name of its own each time: the CDK stages a folder once per path, so a second vendor in the same app would be
 * shipped with the first one's entitlements.
 */
export function withFunctionCode<T>(bundle: Bundler, entitlements: object, use: (code: Code) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'function-code-'))
  try {
    bundle({ folder, entitlements })
    return use(Code.fromAsset(folder))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
