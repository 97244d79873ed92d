import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, buildSync } from 'esbuild'

/** What {@link bundleVendor} and {@link bundleDeployCheck} need. */
export interface BundleOptions {
  /** An existing folder; it becomes the function's code: one module (export `handler`) and `entitlements.json`. */
  readonly folder: string
  /** Already validated. */
  readonly entitlements: object
}

/** Writes a function's code into a folder. Returns the size of its module in bytes. */
export type Bundler = (options: BundleOptions) => { readonly bytes: number }

const vendor = '@topic-credentials/credential-vendor'
const deployCheck = '@topic-credentials/deploy-check'

/** Writes the vending function as Lambda runs it: the ES module `index.mjs`, nothing to install. */
export const bundleVendor: Bundler = bundler({
  entryPoints: [`${vendor}/handler`],
  outfile: 'index.mjs',
  format: 'esm',
  // What the SDK would bring and the handler never needs (docs/adr/0036).
  alias: Object.fromEntries(
    [
      '@aws-sdk/credential-provider-node',
      '@aws-sdk/signature-v4-multi-region',
      '@aws/lambda-invoke-store',
      '@smithy/core/checksum',
      'node:process',
    ].map((module) => [module, `${vendor}/left-out`]),
  ),
  // Imported on first use by operations that stream events. AssumeRole does not.
  external: ['@smithy/core/event-streams'],
})

/**
 * Writes the deploy check as Lambda runs it: `index.cjs`. CommonJS, because MQTT.js is: as an ES module it could not load Node's
 * own modules.
 */
export const bundleDeployCheck: Bundler = bundler({
  entryPoints: [`${deployCheck}/handler`],
  outfile: 'index.cjs',
  format: 'cjs',
  // Two fifths of MQTT.js that Node.js has itself, or that the check does not use.
  alias: { 'readable-stream': 'node:stream', socks: `${deployCheck}/no-socks` },
})

/** The same input gives the same bytes. */
function bundler({ outfile = '', ...options }: BuildOptions): Bundler {
  return ({ folder, entitlements }) => {
    const result = buildSync({
      ...options,
      outfile: join(folder, outfile),
      // Where entry points and aliases are found.
      absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      // ES modules are what can be shaken; esbuild would prefer `main` for Node.
      mainFields: ['module', 'main'],
      legalComments: 'none',
      logLevel: 'warning',
      metafile: true,
    })
    writeFileSync(join(folder, 'entitlements.json'), JSON.stringify(entitlements))
    const [output] = Object.values(result.metafile.outputs)
    return { bytes: output?.bytes ?? 0 }
  }
}
