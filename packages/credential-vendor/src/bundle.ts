import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** What {@link bundleVendor} needs. */
export interface BundleOptions {
  /** An existing folder; it becomes the function's code: `index.mjs` (export `handler`) and `entitlements.json`. */
  readonly folder: string
  /** Already validated. */
  readonly entitlements: object
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}
const leftOut = here('./left-out.js')

/**
 * Writes the function as Lambda runs it: one ES module, nothing to install. The same input gives the same bytes.
 *
 * @returns the size of `index.mjs` in bytes.
 */
export function bundleVendor({ folder, entitlements }: BundleOptions): { bytes: number } {
  const result = buildSync({
    entryPoints: [here('./handler.js')],
    outfile: join(folder, 'index.mjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // The SDK's ES modules are what can be shaken; esbuild would prefer `main` for Node.
    mainFields: ['module', 'main'],
    alias: {
      '@aws-sdk/credential-provider-node': leftOut,
      '@aws-sdk/signature-v4-multi-region': leftOut,
      '@aws/lambda-invoke-store': leftOut,
      '@smithy/core/checksum': leftOut,
      'node:process': leftOut,
    },
    // Imported on first use by operations that stream events. AssumeRole does not.
    external: ['@smithy/core/event-streams'],
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  writeFileSync(join(folder, 'entitlements.json'), JSON.stringify(entitlements))
  const [output] = Object.values(result.metafile.outputs)
  return { bytes: output?.bytes ?? 0 }
}
