import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export type ReactVersion = 18 | 19

const here = fileURLToPath(new URL('.', import.meta.url))
const modules = join(here, '../../node_modules')

/** Code of this package, with React of this version, as a script that leaves its exports in `globalThis.bundled`. */
export async function bundleWithReact(
  code: string,
  version: ReactVersion,
  mode: 'development' | 'production' = 'development',
): Promise<string> {
  const result = await build({
    stdin: { contents: code, resolveDir: here },
    bundle: true,
    format: 'iife',
    globalName: 'bundled',
    platform: 'browser',
    target: 'es2022',
    write: false,
    define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
    alias: {
      react: join(modules, version === 18 ? 'react-18' : 'react'),
      'react-dom': join(modules, version === 18 ? 'react-dom-18' : 'react-dom'),
    },
    external: ['/browser.js'],
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}
