import { markdownTable } from 'markdown-table'
import type { Table, Target } from '../bench.js'
import type { BenchRun } from './bench-run.js'
import { describeMachine } from './machine.js'

/** A Markdown table that is also readable in a terminal: numbers are aligned right. */
export function tableText({ columns, rows }: Omit<Table, 'title'>): string {
  const align = columns.map((_, column) => (column > 0 && rows.every((row) => isFigure(row[column])) ? 'r' : 'l'))
  const cells = [columns, ...rows].map((row) => row.map((cell) => String(cell).replaceAll('|', '\\|')))
  return markdownTable(cells, { align })
}

/** `12`, `0.35`, `1,000`, `3–4`, `98 %`, `× 0.9`, or an empty cell. */
function isFigure(cell: string | number | undefined): boolean {
  return typeof cell === 'number' || cell === undefined || /^[×≤<−-]? ?[\d.,–]*( ?[a-zA-Zµ%/]{1,5})?$/u.test(cell)
}

export function targetsText(targets: readonly Target[]): string {
  const rows = targets.map(({ what, target, measured, met, why }) => {
    return [what, target, measured, met ? 'yes' : why === undefined ? 'no' : `no: ${why}`]
  })
  return tableText({ columns: ['what', 'target', 'measured', 'met'], rows })
}

/** The section of one benchmark in docs/benchmarks/README.md. */
export function section({
  name,
  summary,
  tables,
  pictures,
  targets,
  method,
  notes,
  machine,
  seconds,
}: BenchRun): string {
  const parts = [`## ${name}`, `${summary}.`]
  if (targets.length > 0) parts.push(targetsText(targets))
  for (const table of tables) parts.push(`**${table.title}**`, tableText(table))
  for (const picture of pictures) parts.push(`![${picture.title}](${picture.name}.svg)`)
  parts.push(`**Method.** ${method}`)
  if (notes !== undefined && notes.length > 0) parts.push(notes.map((note) => `- ${note}`).join('\n'))
  parts.push(
    `Measured in ${Math.round(seconds)} s on ${describeMachine(machine)}. All figures: [${name}.json](${name}.json).`,
  )
  return parts.join('\n\n')
}

const introduction = `# Benchmarks

Written by \`npm run bench\`; \`npm run bench -- NAME\` replaces one section. Each ratio comes from one run in which the compared things took
turns; how that is done, and what it cannot show, is in [ADR 10](../adr/0010-how-measurements-are-made.md). Figures are medians with
the least and the greatest beside them.`

/** The whole page, from the stored results of each benchmark. */
export function page(records: readonly BenchRun[]): string {
  return `${[introduction, ...records.map(section)].join('\n\n')}\n`
}

const headline = /(<!-- benchmarks -->\n)[\s\S]*?(<!-- \/benchmarks -->)/u

/** The root README with its marked table replaced: the first target of each benchmark, and each that is not met. */
export function withHeadline(readme: string, records: readonly BenchRun[]): string {
  if (!headline.test(readme)) return readme
  const table = targetsText(records.flatMap(({ targets }) => targets.filter(({ met }, index) => index === 0 || !met)))
  return readme.replace(headline, (_, start, end) => `${start}${table}\n${end}`)
}
