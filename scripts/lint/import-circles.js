// Fails on circular imports between the TypeScript files of a package, type imports included. Biome's noImportCycles only checks
// values, but two files that need each other's types are as hard to understand separately as two that need each other's code.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const sourceFile = /(?<!\.test|\.integ|\.long|\.d)\.tsx?$/u
const builtFolder = /[\\/](node_modules|dist)[\\/]/u
const root = fileURLToPath(new URL('../..', import.meta.url))
const places = [
  ...readdirSync(join(root, 'packages')).map((name) => join('packages', name)),
  'infra',
  'bench',
  'consumers',
]
const found = places.flatMap((place) => circles(graphOf(join(root, place))))
for (const circle of found) {
  process.stderr.write(`Circular import: ${circle.map((file) => relative(root, file)).join(' -> ')}\n`)
}
process.exitCode = found.length === 0 ? 0 : 1

/** Maps each source file to the files that it imports: `import`, `export … from` and `import()`, types or values. */
function graphOf(folder) {
  const graph = new Map()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name)
    if (!sourceFile.test(entry.name) || builtFolder.test(file)) continue
    const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/gu)
    graph.set(
      file,
      [...imports].map(([, name]) => resolve(dirname(file), name.replace(/\.js$/u, '.ts'))),
    )
  }
  return graph
}

/** The cycles found by a depth-first search: each as the path from a file back to itself. */
function circles(graph) {
  const found = []
  const done = new Set()
  function visit(file, path) {
    const at = path.indexOf(file)
    if (at >= 0) found.push([...path.slice(at), file])
    if (at >= 0 || done.has(file)) return
    for (const next of graph.get(file) ?? []) if (graph.has(next)) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return found
}
