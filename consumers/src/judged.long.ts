import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { run } from './testing/run.js'
import { root, tarballs, tool } from './testing/tools.js'

const files = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'))

describe.each(files)('%s', (file) => {
  it('publint has no finding', async () => {
    const { code, stdout, stderr } = await run(process.execPath, [
      tool('publint/src/cli.js'),
      'run',
      '--strict',
      join(tarballs, file),
    ])
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.stringContaining('All good!') })
  })

  it('types resolve like the code for importers', async () => {
    const words = ['--profile', 'esm-only', '--format', 'ascii', join(tarballs, file)]
    const { code, stdout } = await run(process.execPath, [tool('@arethetypeswrong/cli/dist/index.js'), ...words])
    expect(code === 0 ? '' : stdout).toBe('')
  })
})

it('knip finds no unused export, file or dependency', async () => {
  const { code, stdout, stderr } = await run(
    process.execPath,
    [tool('knip/bin/knip.js'), '--config', 'consumers/knip.json'],
    { cwd: root },
  )
  expect(code === 0 ? '' : stdout + stderr).toBe('')
})

it('the API reports in docs/api match the declarations', async () => {
  const { code, stderr } = await run(process.execPath, ['scripts/release/api-reports.js', '--check'], { cwd: root })
  expect(code === 0 ? '' : stderr).toBe('')
})

describe('the reference of the packages', () => {
  const typedoc = (...words: string[]) =>
    run(process.execPath, [tool('typedoc/bin/typedoc'), '--options', 'typedoc.json', ...words], {
      cwd: join(root, 'consumers'),
    })

  it('has every entry of every package, no dead link and no undocumented export', async () => {
    const { publishedEntries } = (await import(pathToFileURL(join(root, 'scripts/release/packages.js')).href)) as {
      publishedEntries(): readonly { readonly packageFolder: string; readonly declarations: string }[]
    }
    const sources = publishedEntries().map(({ packageFolder, declarations }) =>
      join(packageFolder, 'src', relative(join(packageFolder, 'dist'), declarations).replace(/\.d\.ts$/u, '.ts')),
    )
    expect(sources.length).toBeGreaterThan(15)
    const { code, stdout, stderr } = await typedoc(...sources.flatMap((source) => ['--entryPoints', source]))
    expect(code === 0 ? '' : stdout + stderr).toBe('')
  })

  it('fails for an undocumented export', async () => {
    const { code, stdout, stderr } = await typedoc('--entryPoints', 'undocumented.ts', '--emit', 'none')
    expect(code).not.toBe(0)
    expect(stdout + stderr).toContain('undocumented')
  })
})
