import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

export type ReactVersion = 18 | 19

const here = fileURLToPath(new URL('.', import.meta.url))
const own = join(here, '../..')
const modules = join(own, 'node_modules')

interface BundleOptions {
  readonly mode?: 'development' | 'production'
  /** A script has its exports in `globalThis.bundled`; a module can use top-level await. */
  readonly format?: 'iife' | 'esm'
  /** The folder for relative imports. Default: this folder. */
  readonly from?: string
  readonly plugins?: Plugin[]
}

/** Bundles code of this package, or of a page that uses it, with this version of React. */
export async function bundleWithReact(
  code: string,
  version: ReactVersion = 19,
  { mode = 'development', format = 'iife', from = here, plugins = [] }: BundleOptions = {},
): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: from },
    bundle: true,
    format,
    ...(format === 'iife' && { globalName: 'bundled' }),
    platform: 'browser',
    target: 'es2022',
    jsx: 'automatic',
    write: false,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    alias: {
      react: join(modules, version === 18 ? 'react-18' : 'react'),
      'react-dom': join(modules, version === 18 ? 'react-dom-18' : 'react-dom'),
      '@topic-credentials/react/store': join(own, 'dist/store/index.js'),
      '@topic-credentials/react': join(own, 'dist/index.js'),
    },
    plugins,
    nodePaths: [modules],
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}
