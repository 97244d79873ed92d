import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/** What {@link bundleDeployCheck} needs. */
export interface BundleOptions {
  readonly folder: string
  /** Already validated. What the vendor grants is held against it. */
  readonly entitlements: object
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/**
 * Writes the function as Lambda runs it into an existing folder: `index.cjs` (export `handler`) and `entitlements.json`. The
 * same input gives the same bytes. CommonJS, because MQTT.js is: as an ES module it could not load Node's own modules.
 *
 * @returns the size of `index.cjs` in bytes.
 */
export function bundleDeployCheck({ folder, entitlements }: BundleOptions): { bytes: number } {
  const result = buildSync({
    entryPoints: [here('./handler.js')],
    outfile: join(folder, 'index.cjs'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    // Two fifths of MQTT.js that Node.js has itself, or that nobody uses here.
    alias: { 'readable-stream': 'node:stream', socks: here('./no-socks.js') },
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  })
  writeFileSync(join(folder, 'entitlements.json'), JSON.stringify(entitlements))
  const [output] = Object.values(result.metafile.outputs)
  return { bytes: output?.bytes ?? 0 }
}
