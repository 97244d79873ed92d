// dist/page.bundle.js and dist/page.css: the page in two files. Run before packing, and in a checkout at the first request for the page.
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const bundleFile = file('../dist/page.bundle.js')

/** Bundles what is compiled. @returns bytes of each input in the bundle, by file */
export async function bundlePage() {
  const shared = { bundle: true, minify: true, logLevel: 'silent' }
  await build({ ...shared, entryPoints: [file('../src/page/style/page.css')], outfile: file('../dist/page.css') })
  const { metafile } = await build({
    ...shared,
    entryPoints: [file('../dist/page/main.js')],
    outfile: bundleFile,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
  })
  return metafile
}

function file(path) {
  return fileURLToPath(new URL(path, import.meta.url))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundlePage()
