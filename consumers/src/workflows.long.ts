import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { root, tool } from './testing/tools.js'

/** Tests of the workflows without GitHub: GitHub's validation, the existence of their scripts, and a run of the publishing step. */

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly steps: readonly { readonly run?: string; readonly uses?: string }[] }>
  >
}

interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

const folder = mkdtempSync(join(tmpdir(), 'workflows-'))
const workflows = join(root, '.github/workflows')
const { parse } = createRequire(join(root, 'consumers/package.json'))('yaml') as { parse(text: string): Workflow }
const files = readdirSync(workflows).map((name) => {
  const text = readFileSync(join(workflows, name), 'utf8')
  return { name, text, steps: Object.values(parse(text).jobs).flatMap(({ steps }) => steps) }
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('GitHub’s language service', () => {
  const program = join(folder, 'validate.cjs')

  beforeAll(() => {
    // It is bundled first, because Node.js does not support the way in which it imports JSON files.
    const source = `import { validate } from '@actions/languageservice'
      import { TextDocument } from 'vscode-languageserver-textdocument'
      import { text } from 'node:stream/consumers'
      async function main() {
        const document = TextDocument.create('file:///.github/workflows/x.yml', 'yaml', 1, await text(process.stdin))
        for (const { message, range } of await validate(document)) console.log(range.start.line + 1 + ': ' + message)
      }
      main()`
    const words = ['--bundle', '--platform=node', '--format=cjs', '--log-level=error', `--outfile=${program}`]
    execFileSync(tool('esbuild/bin/esbuild'), words, { input: source, cwd: join(root, 'consumers') })
  })

  const findings = (text: string) => execFileSync(process.execPath, [program], { input: text, encoding: 'utf8' })

  it.each(files)('finds nothing in $name', ({ text }) => {
    expect(findings(text)).toBe('')
  })

  it('finds a missing job and an unknown key', () => {
    const text = readFileSync(join(workflows, 'release.yml'), 'utf8')
    expect(findings(text.replace('needs: pack', 'needs: nobody'))).toContain("Value 'nobody' is not valid")
    expect(findings(text.replace('- run: npm run test:all', '- runs: npm run test:all'))).toContain("'runs'")
  })
})

it('the scripts that they run exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const commands = files.flatMap(({ steps }) => steps.map(({ run = '' }) => run)).join('\n')
  const named = [...commands.matchAll(/npm (?:run )?(test[\w:]*)/gu)].map(([, name]) => name)
  expect(named.length).toBeGreaterThan(1)
  for (const name of named) expect(Object.keys(scripts)).toContain(name)
  const run = [...commands.matchAll(/node (scripts\/\S+)/gu)].map(([, file = '']) => file)
  expect(run.length).toBeGreaterThan(1)
  expect(run.filter((file) => !existsSync(join(root, file)))).toEqual([])
})

describe('the step that publishes', () => {
  const published = readdirSync(join(root, 'packages'))
    .map((name) => JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest)
    .filter((manifest) => manifest.private !== true)
  const script = files.flatMap(({ steps }) => steps).find(({ run }) => run?.includes('npm publish'))?.run ?? ''
  const short = (name: string) => name.replace('@topic-credentials/', '')

  /** Runs the step with these tarballs and a substitute for npm, which records its arguments and fails for one of them. */
  function publish(
    names: readonly string[],
    failing = '',
  ): { readonly status: number | null; readonly order: string[] } {
    const at = mkdtempSync(join(folder, 'publish-'))
    mkdirSync(join(at, 'tarballs'))
    mkdirSync(join(at, 'bin'))
    for (const name of names) writeFileSync(join(at, `tarballs/topic-credentials-${name}-1.2.3.tgz`), '')
    const npm = join(at, 'bin/npm')
    writeFileSync(
      npm,
      `#!/bin/sh\necho "$@" >> ${join(at, 'said')}\ncase "$*" in *-${failing || 'none'}-1*) exit 1;; esac\n`,
    )
    chmodSync(npm, 0o755)
    // The shell options of GitHub.
    const { status } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      cwd: at,
      env: { PATH: `${join(at, 'bin')}${delimiter}${process.env.PATH}` },
    })
    const said = readFileSync(join(at, 'said'), 'utf8').trim().split('\n')
    for (const line of said) expect(line).toMatch(/^publish --provenance --access public tarballs\//u)
    return { status, order: said.map((line) => /topic-credentials-(.*)-1\.2\.3\.tgz$/u.exec(line)?.[1] ?? '') }
  }

  it('publishes every package once, each after those that it needs', () => {
    const { status, order } = publish(published.map(({ name }) => short(name)))
    expect(status).toBe(0)
    expect([...order].sort()).toEqual(published.map(({ name }) => short(name)).sort())
    for (const { name, dependencies } of published) {
      const needed = Object.keys(dependencies ?? {}).filter((each) => each.startsWith('@topic-credentials/'))
      for (const each of needed) expect(order.indexOf(short(each))).toBeLessThan(order.indexOf(short(name)))
    }
  })

  it('stops at the first package that npm refuses', () => {
    expect(publish(['grants', 'client', 'cdk'], 'client')).toEqual({ status: 1, order: ['grants', 'client'] })
  })
})
