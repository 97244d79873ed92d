import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { completed, notRun } from './testing/page-commands.cases.js'
import { checkout, commandsOf, pages } from './testing/page-commands.js'

const all = pages().flatMap(commandsOf)

function where({ page, line, text }: { page: string; line: number; text: string }): string {
  return `${page}:${line} ${text}`
}

/** Commands of the documentation are run by pages.long.ts or by the test that the page names; otherwise the page gives the reason. */
describe('the commands of the documentation', () => {
  it('are in blocks with a mark: run, run by an existing test, or not run, with the reason', () => {
    const unmarked = all.filter(({ mark }) => mark === undefined)
    const missing = all.filter(
      ({ mark }) => typeof mark === 'object' && 'by' in mark && !existsSync(join(checkout, mark.by)),
    )
    expect([...unmarked, ...missing].map(where)).toEqual([])
    expect(all.filter(({ mark }) => mark === 'run').length).toBeGreaterThan(40)
  })

  it('are scripts of a manifest', () => {
    const unknown = all.filter(({ text }) => {
      const { folder = '.', script } =
        /\bnpm (?:run )?(?:--silent )?(?:--prefix (?<folder>\S+) )?(?<script>start|test|[a-z:-]*[a-z])/u.exec(text)
          ?.groups ?? {}
      if (script === undefined || ['install', 'ci', 'login', 'publish'].includes(script)) return false
      const places = folder === '.' ? ['.', 'packages/grants', 'examples/chat'] : [folder]
      return !places.some((place) => script in scriptsOf(place))
    })
    expect(unknown.map(where)).toEqual([])
  })

  it('need only Node.js, npm and git: pnpm appears only beside the form of npm', () => {
    const lines = pages().flatMap((page) =>
      readFileSync(join(checkout, page), 'utf8')
        .split('\n')
        .map((text, index) => ({ page, line: index + 1, text })),
    )
    const alone = lines.filter(
      ({ text }) => /\bpnpm [-\w]+(?: \w+)* ?/u.test(text) && /[`#] ?(?:or )?pnpm /u.test(text),
    )
    expect(
      alone.filter(({ text }) => !/npm (?:run|start|test)\b/u.test(text.replaceAll('pnpm', ''))).map(where),
    ).toEqual([])
  })

  it('are in the list of exceptions only if a page shows them', () => {
    const shown = new Set(all.map(({ text }) => text))
    expect([...Object.keys(notRun), ...Object.keys(completed)].filter((text) => !shown.has(text))).toEqual([])
  })

  it.each(['revoke', 'access', 'check'])('npm run %s -- --help runs', (name) => {
    const { status, stdout } = spawnSync('npm', ['run', name, '--', '--help'], { cwd: checkout, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('Usage') })
  })
})

function scriptsOf(folder: string): Readonly<Record<string, string>> {
  const manifest = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8')) as {
    readonly scripts?: Readonly<Record<string, string>>
  }
  return manifest.scripts ?? {}
}
