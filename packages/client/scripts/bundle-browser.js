// Writes dist/browser.js, the library in one file for a plain `<script type="module">`, and a file for each part that it loads on demand.
// Used by `pnpm build:browser`, before packing and in tests.
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { minify } from 'terser'

export const bundleFile = inDist('browser.js')

/** Bundles as an application's bundler would; an import of a Node.js module fails. @returns esbuild's metafiles, the library's first */
export async function bundleBrowser() {
  const parts = new Set()
  const metafiles = [await bundle(inDist('index.js'), bundleFile, [separate(parts)])]
  // A part may have parts of its own: they are added while this runs.
  for (const part of parts) metafiles.push(await bundle(part, inDist(nameOf(part)), [separate(parts), shared]))
  return metafiles
}

/** Makes a separate file of each dynamic import. */
function separate(parts) {
  return {
    name: 'separate',
    setup({ onResolve }) {
      // biome-ignore lint/style/useUnicodeRegex: esbuild runs it, in Go.
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const part = join(resolveDir, path)
        parts.add(part)
        return { path: `./${nameOf(part)}`, external: true }
      })
    },
  }
}

/** All files import the error classes from browser.js, so that `instanceof` works across files. */
const shared = {
  name: 'shared',
  setup({ onResolve }) {
    // biome-ignore lint/style/useUnicodeRegex: esbuild runs it, in Go.
    onResolve({ filter: /\/errors\.js$/ }, ({ importer }) =>
      importer.startsWith(inDist('')) ? { path: './browser.js', external: true } : undefined,
    )
  },
}

/** `browser-requests.js` for `requests/index.js`. */
function nameOf(part) {
  const name = basename(part, '.js')
  return `browser-${name === 'index' ? basename(dirname(part)) : name}.js`
}

function inDist(name) {
  return fileURLToPath(new URL(`../dist/${name}`, import.meta.url))
}

/** esbuild shortens private names, which terser cannot; terser then saves 4 % more than esbuild. */
async function bundle(entry, outfile, plugins) {
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
    plugins,
  })
  const { code } = await minify(outputFiles[0].text, {
    module: true,
    ecma: 2020,
    compress: { passes: 3, unsafe_arrows: true, lhs_constants: false },
  })
  await writeFile(outfile, code)
  return metafile
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleBrowser()
