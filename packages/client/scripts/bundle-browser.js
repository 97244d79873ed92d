// Writes dist/browser.js, the library in one file for a plain `<script type="module">`. Used by `pnpm build:browser`, before packing and in tests.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const entry = fileURLToPath(new URL('../dist/index.js', import.meta.url))
export const bundleFile = fileURLToPath(new URL('../dist/browser.js', import.meta.url))

/** Bundles as an application's bundler would; an import of a Node.js module fails. @returns bytes of each input in the bundle, by file */
export async function bundleBrowser() {
  const { metafile } = await build({
    entryPoints: [entry],
    outfile: bundleFile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    sourcemap: true,
    metafile: true,
    logLevel: 'silent',
  })
  return metafile
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleBrowser()
