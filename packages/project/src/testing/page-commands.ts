import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this checkout. */
export const checkout = fileURLToPath(new URL('../../../..', import.meta.url))

/** A command that a page of the documentation shows: a line of a block, or a code span. */
export interface PageCommand {
  readonly page: string
  readonly line: number
  readonly text: string
  /** The output that the page shows below a command with a prompt; '' if it shows none. */
  readonly shown: string
  /** The comment above the block; undefined for a block without one. Spans are `span`. */
  readonly mark: 'run' | 'span' | { readonly by: string } | { readonly not: string } | undefined
}

const program = /^(?:\w+=\S* )*(?:npm|npx|pnpm|node|git|aws|cdk|curl|gh|eval|export|echo|printf|for|cd|cp|\$EDITOR) /u
const span = /^(?:\w+=\S* )*(?:npm (?:start|test|run|install|ci)|(?:npx|pnpm|aws|gh|git) |node \S+\.js)/u

/** The pages that show commands, as paths from the root. Generated pages and decisions are not among them. */
export function pages(): readonly string[] {
  const inFolder = (folder: string) =>
    readdirSync(join(checkout, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`)
  const readmes = (folder: string) => readdirSync(join(checkout, folder)).map((name) => `${folder}/${name}/README.md`)
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'infra/README.md',
    ...inFolder('docs/guides'),
    ...inFolder('docs'),
    ...readmes('packages'),
    ...readmes('examples'),
    'packages/local-aws/src/iot/README.md',
  ].filter((page) => existsSync(join(checkout, page)))
}

/** All commands of a page, in its order. */
export function commandsOf(page: string): readonly PageCommand[] {
  const commands: PageCommand[] = []
  let block:
    | { readonly shell: boolean; readonly lines: [number, string][]; readonly mark: PageCommand['mark'] }
    | undefined
  let above = ''
  for (const [index, line] of readFileSync(join(checkout, page), 'utf8').split('\n').entries()) {
    const fence = /^\s*```(?<language>\S*)/u.exec(line)
    if (fence !== null && block === undefined) {
      const shell = ['', 'sh', 'console'].includes(fence.groups?.language ?? '')
      block = { shell, lines: [], mark: markOf(above) }
    } else if (fence !== null) {
      if (block?.shell) commands.push(...commandsOfBlock(page, block.lines, block.mark))
      block = undefined
    } else if (block !== undefined) {
      block.lines.push([index + 1, line.trim()])
    } else {
      for (const [, text = ''] of line.matchAll(/`([^`]+)`/gu)) {
        if (span.test(text)) commands.push({ page, line: index + 1, text, shown: '', mark: 'span' })
      }
    }
    if (line.trim() !== '') above = line.trim()
  }
  return commands
}

/** `<!-- run -->`, `<!-- run by FILE -->`, `<!-- recipe: FILE -->` (run by recipes.long.ts), `<!-- not run: REASON -->`. */
function markOf(comment: string): PageCommand['mark'] {
  const { by, recipe, not } =
    /^<!-- (?:run(?: by (?<by>\S+))?|recipe: (?<recipe>\S+)|not run: (?<not>.+)) -->$/u.exec(comment)?.groups ?? {}
  if (by !== undefined) return { by }
  if (recipe !== undefined) return { by: 'consumers/src/recipes.long.ts' }
  if (not !== undefined) return { not }
  return comment === '<!-- run -->' ? 'run' : undefined
}

/** A block with prompts shows the output of each command; in a block without prompts, each line is a command. */
function commandsOfBlock(page: string, lines: readonly [number, string][], mark: PageCommand['mark']): PageCommand[] {
  const prompts = lines.some(([, line]) => line.startsWith('$ '))
  const commands: PageCommand[] = []
  for (const [line, written] of lines) {
    const last = commands.at(-1)
    const command = prompts ? (written.startsWith('$ ') ? written.slice(2) : undefined) : written
    if (command === undefined) {
      if (last !== undefined) commands[commands.length - 1] = { ...last, shown: `${last.shown} ${written}`.trim() }
    } else if (command !== '' && !command.startsWith('#')) {
      commands.push({ page, line, text: command.replace(/\s+#\s.*$/u, ''), shown: '', mark })
    }
  }
  return commands.some(({ text }) => program.test(`${text} `)) ? commands : []
}
