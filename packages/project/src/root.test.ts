import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from '@jest/globals'
import { projectRoot, userPath } from './index.js'

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'project-')))
const { INIT_CWD } = process.env
mkdirSync(join(folder, 'packages/client'), { recursive: true })
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  delete process.env.INIT_CWD
  Object.assign(process.env, INIT_CWD === undefined ? {} : { INIT_CWD })
})

describe('projectRoot', () => {
  it('is the working directory of the shell if no folder above it has a cdk.json', () => {
    process.env.INIT_CWD = join(folder, 'packages')
    expect(projectRoot()).toBe(join(folder, 'packages'))
  })

  it('is the nearest parent folder with a cdk.json', () => {
    writeFileSync(join(folder, 'cdk.json'), '{}')
    process.env.INIT_CWD = join(folder, 'packages/client')
    expect(projectRoot()).toBe(folder)
    expect(projectRoot(folder)).toBe(folder)
  })
})

it('resolves paths relative to the shell, even if pnpm has changed the folder', () => {
  process.env.INIT_CWD = folder
  expect(userPath('outputs.json')).toBe(join(folder, 'outputs.json'))
  expect(userPath('/outputs.json')).toBe('/outputs.json')
})
