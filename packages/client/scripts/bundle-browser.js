// Writes dist/browser.js, the library in one file for a plain `<script type="module">`, and dist/browser-requests.js beside it. Used by
// `pnpm build:browser`, before packing and in tests.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const bundleFile = inDist('browser.js')

/** Bundles as an application's bundler would; an import of a Node.js module fails. @returns bytes of each input in the bundle, by file */
export async function bundleBrowser() {
  const [{ metafile }] = await Promise.all([
    bundle('index.js', bundleFile),
    bundle('requests/index.js', inDist('browser-requests.js'), [sharedErrors]),
  ])
  return metafile
}

/** The errors are those of browser.js, so that `instanceof` means the same for both. */
const sharedErrors = {
  name: 'shared-errors',
  setup({ onResolve }) {
    // biome-ignore lint/style/useUnicodeRegex: esbuild runs it, in Go.
    onResolve({ filter: /\/errors\.js$/ }, ({ importer }) =>
      importer.startsWith(inDist('')) ? { path: './browser.js', external: true } : undefined,
    )
  },
}

function inDist(name) {
  return fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
}

function bundle(entry, outfile, plugins = []) {
  return build({
    entryPoints: [inDist(entry)],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    sourcemap: true,
    metafile: true,
    logLevel: 'silent',
    plugins,
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleBrowser()
