import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { replaceAssembly } from './replace-assembly.js'

let root: string
let folder: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'assembly-'))
  folder = join(root, 'cdk.out')
})

afterEach(() => rm(root, { recursive: true }))

async function draft(name: string): Promise<string> {
  const made = join(root, name)
  await mkdir(join(made, `asset.${name}`), { recursive: true })
  await writeFile(join(made, 'manifest.json'), name)
  await writeFile(join(made, 'template.json'), name)
  return made
}

async function content(): Promise<string[]> {
  return Promise.all(['manifest.json', 'template.json'].map((name) => readFile(join(folder, name), 'utf8')))
}

it('moves an assembly to a place that is free', async () => {
  await replaceAssembly(folder, await draft('one'))
  expect(await content()).toEqual(['one', 'one'])
  expect(await readdir(root)).toEqual(['cdk.out'])
})

it('keeps the asset folders of the former assembly, and nothing else of it', async () => {
  await replaceAssembly(folder, await draft('one'))
  await writeFile(join(folder, 'former.json'), '')
  await replaceAssembly(folder, await draft('two'))
  expect((await readdir(folder)).sort()).toEqual(['asset.one', 'asset.two', 'manifest.json', 'template.json'])
  expect(await content()).toEqual(['two', 'two'])
  expect(await readdir(root)).toEqual(['cdk.out'])
})

it('leaves one whole assembly when several are put there at once', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `draft-${index}`)
  const drafts = await Promise.all(names.map(draft))
  await Promise.all(drafts.map((one) => replaceAssembly(folder, one)))
  const [manifest = '', template] = await content()
  expect(names).toContain(manifest)
  expect(template).toBe(manifest)
  expect(await readdir(folder)).toContain(`asset.${manifest}`)
  expect(await readdir(root)).toEqual(['cdk.out'])
})

it('changes nothing if the draft does not exist', async () => {
  await replaceAssembly(folder, await draft('one'))
  await expect(replaceAssembly(folder, join(root, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await content()).toEqual(['one', 'one'])
})
