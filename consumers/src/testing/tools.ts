import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')

/** The output of `npm run release:pack`. */
export const tarballs = join(root, '.release/tarballs')

/** A file of a tool that `npm run test:all` installs beside these tests. */
export function tool(path: string): string {
  const file = join(root, 'consumers/node_modules', path)
  if (existsSync(file)) return file
  throw new Error(`${file} is not installed: npm ci --prefix consumers`)
}

/** The supported versions of Node.js that are installed here; on other platforms, the version that runs the test. */
export function nodes(): readonly (readonly [name: string, file: string])[] {
  const installed = ['node20', 'node22', 'node24', 'node26']
    .map((name) => [name, join(root, 'consumers/node_modules', name, 'bin/node')] as const)
    .filter(([, file]) => existsSync(file))
  return installed.length > 0 ? installed : [[`node ${process.versions.node}`, process.execPath]]
}
