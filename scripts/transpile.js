// Compiles without TypeScript, for `npm start` in a fresh clone, where the compiler is not installed. It erases types without checking them, and
// skips tests; `npm test` and `npm run build` compile with tsc.
import { cpSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { build } from 'esbuild'
import { root } from './step.js'

const left = /\.(?:test|integ|long|browser)\.tsx?$|\.d\.ts$|\.cases\.json$|^(?:package|tsconfig)\.json$/u
const skipped = new Set(['node_modules', 'dist', 'testing', 'integration', 'examples'])

const packages = readdirSync(join(root, 'packages')).map((name) => [join(root, 'packages', name, 'src'), '../dist'])
for (const [from, out] of [...packages, [join(root, 'infra'), 'dist']]) {
  const files = sources(from)
  await build({
    entryPoints: files.filter((file) => /\.tsx?$/u.test(file)),
    outbase: from,
    outdir: join(from, out),
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    // Otherwise the target es2022 would remove them.
    supported: { 'import-attributes': true },
    jsx: 'automatic',
    logLevel: 'warning',
  })
  for (const file of files) {
    if (file.endsWith('.json')) cpSync(file, join(from, out, relative(from, file)))
  }
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : sources(path)
    return /\.(?:tsx?|json)$/u.test(entry.name) && !left.test(entry.name) ? [path] : []
  })
}
