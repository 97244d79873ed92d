import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { changedSince, sourcesOf } from './sources.js'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sources-'))
  await mkdir(join(root, 'infra'))
  for (const [index, name] of ['a.json', 'infra/b.json'].entries()) {
    await writeFile(join(root, name), '{}')
    await utimes(join(root, name), 1_000 + index, 1_000 + index)
  }
})
afterEach(() => rm(root, { recursive: true }))

function project(watch: unknown): Promise<void> {
  return writeFile(join(root, 'cdk.json'), JSON.stringify({ watch }))
}

it('are the files in watch.include of cdk.json, newest first', async () => {
  await project({ include: ['a.json', 'infra/b.json', 'infra/**', 'gone.json', 'infra', 7] })
  expect(sourcesOf(root)).toEqual([
    { file: 'infra/b.json', writtenAt: 1_001_000 },
    { file: 'a.json', writtenAt: 1_000_000 },
  ])
  await project({ include: 'a.json' })
  expect(sourcesOf(root).map(({ file }) => file)).toEqual(['a.json'])
})

it.each([undefined, null, {}, { include: {} }])('are empty for watch %j', async (watch) => {
  await project(watch)
  expect(sourcesOf(root)).toEqual([])
})

it('are empty without a project, or if cdk.json cannot be read', async () => {
  expect(sourcesOf(root)).toEqual([])
  await writeFile(join(root, 'cdk.json'), '{')
  expect(sourcesOf(root)).toEqual([])
})

it('changedSince returns a source that was written after the deployment, and undefined otherwise', async () => {
  await project({ include: ['a.json', 'infra/b.json'] })
  expect(changedSince(root, { asOf: new Date(1_000_500).toISOString() })?.file).toBe('infra/b.json')
  expect(changedSince(root, { asOf: new Date(1_001_000).toISOString() })).toBeUndefined()
  expect(changedSince(root, {})).toBeUndefined()
})
