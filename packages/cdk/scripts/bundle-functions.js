// Writes `functions/`: the vendor and the deploy check as one Lambda module each, with third-party notices. `npm run build` runs it, before
// tests and before packing. The same sources produce the same bytes.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { notices } from './third-party-notices.js'

const own = fileURLToPath(new URL('..', import.meta.url))
const folder = join(own, 'functions')
const vendor = '@topic-credentials/credential-vendor'
const deployCheck = '@topic-credentials/deploy-check'

const functions = [
  {
    entryPoints: [`${vendor}/handler`],
    outfile: 'vendor/index.mjs',
    format: 'esm',
    // Parts of the SDK that the handler never needs: `sts/left-out.ts` has the reasons.
    alias: Object.fromEntries(
      [
        '@aws-sdk/credential-provider-node',
        '@aws-sdk/signature-v4-multi-region',
        '@aws/lambda-invoke-store',
        '@smithy/core/checksum',
        'node:process',
      ].map((module) => [module, `${vendor}/left-out`]),
    ),
    // Imported on first use by operations with event streams; AssumeRole is not one of them.
    external: ['@smithy/core/event-streams'],
  },
  {
    entryPoints: [`${deployCheck}/handler`],
    outfile: 'deploy-check/index.cjs',
    format: 'cjs',
    // Two fifths of MQTT.js, which Node.js provides itself or the check does not use.
    alias: { 'readable-stream': 'node:stream', socks: `${deployCheck}/no-socks` },
  },
]

// biome-ignore lint/style/useUnicodeRegex: esbuild passes it to Go, which has no such flag
const inPackageJson = /node_modules\/.*\/package[.]json$/
// biome-ignore lint/style/useUnicodeRegex: as above
const smithyCore = /^@smithy\/core(\/|$)/

/** Libraries read their version from their package.json. Without this, the module would contain the whole file. */
const versionsAlone = {
  name: 'versions-alone',
  setup: ({ onLoad }) =>
    onLoad({ filter: inPackageJson }, ({ path }) => {
      const { name, version } = JSON.parse(readFileSync(path, 'utf8'))
      return { contents: JSON.stringify({ name, version }), loader: 'json' }
    }),
}

/** Several patch versions of this library are installed. All imports get the SDK's version, so that the module contains one. */
const oneCore = {
  name: 'one-core',
  setup: ({ onResolve, resolve }) => {
    const sdk = createRequire(join(own, '../credential-vendor/package.json')).resolve('@aws-sdk/client-sts')
    const again = {}
    onResolve({ filter: smithyCore }, ({ path, kind, pluginData }) =>
      pluginData === again ? undefined : resolve(path, { kind, resolveDir: dirname(sdk), pluginData: again }),
    )
  },
}

/** Writes `functions/`. */
export async function bundleFunctions() {
  const inputs = new Set()
  for (const { outfile, ...options } of functions) {
    const { metafile } = await build({
      ...options,
      outfile: join(folder, outfile),
      // Base folder for entry points and aliases.
      absWorkingDir: join(own, 'scripts'),
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node20',
      // Only ES modules can be tree-shaken; esbuild would prefer `main` for Node.
      mainFields: ['module', 'main'],
      legalComments: 'none',
      logLevel: 'warning',
      metafile: true,
      plugins: [versionsAlone, oneCore],
    })
    for (const output of Object.values(metafile.outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(output.inputs))
        if (bytesInOutput > 0) inputs.add(join(own, 'scripts', file))
    }
  }
  writeUnlessSame(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices([...inputs]))
}

function writeUnlessSame(file, text) {
  try {
    if (readFileSync(file, 'utf8') === text) return
  } catch {}
  writeFileSync(file, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleFunctions()
