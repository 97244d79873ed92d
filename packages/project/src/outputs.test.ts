import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { readOutputs, StackOutputsError, stackWith } from './index.js'

const folder = mkdtempSync(join(tmpdir(), 'outputs-'))
const file = join(folder, 'cdk-outputs.json')
afterAll(() => rmSync(folder, { recursive: true }))

function failure(action: () => unknown): StackOutputsError {
  try {
    action()
  } catch (error) {
    if (error instanceof StackOutputsError) return error
  }
  throw new Error('It did not fail.')
}

describe('readOutputs', () => {
  it.each([
    ['{', /JSON/u],
    ['[]', /it is not a JSON object/u],
  ])('refuses %j', (text, message) => {
    writeFileSync(file, text)
    const { code, value, message: said } = failure(() => readOutputs(file))
    expect({ code, value }).toEqual({ code: 'unreadable', value: file })
    expect(said).toMatch(message)
  })

  it('refuses a missing file', () => {
    expect(failure(() => readOutputs(join(folder, 'none.json'))).message).toMatch(/none\.json: ENOENT/u)
  })

  it('reads the stacks', () => {
    writeFileSync(file, '{"A": {"Url": "u"}, "B": null}')
    expect(readOutputs(file)).toEqual({ A: { Url: 'u' } })
  })
})

describe('stackWith', () => {
  const stacks = { A: { Url: 'u', Region: 'r' }, B: { Url: 1 }, C: {} }

  it('finds the only stack that has all outputs as strings', () => {
    expect(stackWith(stacks, ['Url', 'Region'], file)).toEqual({ stackName: 'A', outputs: stacks.A })
  })

  it('refuses no stack and several stacks, with their names', () => {
    const none = failure(() => stackWith(stacks, ['Url', 'Role', 'Region'], file))
    expect(none.code).toBe('no_stack')
    expect(none.message).toContain('no stack has the outputs Url, Role and Region')
    const several = failure(() => stackWith({ ...stacks, B: { Url: 'b' } }, ['Url'], file))
    expect(several.code).toBe('several_stacks')
    expect(several.message).toContain('several stacks (A and B) have the outputs Url')
  })
})
