import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BenchRun } from './bench-run.js'
import { draw } from './draw.js'
import { page, withHeadline } from './markdown.js'

/**
 * Writes the results of one benchmark: its JSON, its pictures, the page of all benchmarks, and the table in the root README.
 *
 * @param root root folder of the checkout
 * @param names all benchmarks, in the order of the page; those that never ran have no section
 */
export async function publish(record: BenchRun, { root, names }: { root: string; names: readonly string[] }) {
  const folder = join(root, 'docs/benchmarks')
  mkdirSync(folder, { recursive: true })
  const pictures = await Promise.all(
    record.pictures.map(async ({ name, title, spec }) => ({ name, svg: await draw(title, spec) })),
  )
  for (const { name, svg } of pictures) writeFileSync(join(folder, `${name}.svg`), svg)
  writeFileSync(join(folder, `${record.name}.json`), `${JSON.stringify(record, null, 2)}\n`)
  const files = names.map((name) => join(folder, `${name}.json`)).filter((file) => existsSync(file))
  const records = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as BenchRun)
  writeFileSync(join(folder, 'README.md'), page(records))
  const readme = join(root, 'README.md')
  if (existsSync(readme)) writeFileSync(readme, withHeadline(readFileSync(readme, 'utf8'), records))
}
