import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, jest } from '@jest/globals'
import { writeFunction } from './function-code.js'

// On a busy machine the work takes longer than Jest's default timeout.
jest.setTimeout(60_000)

describe('the deploy check’s code', () => {
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'deploy-check-bundle-')))
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true })
  })

  it('is one small module, with the same bytes in each build and without local paths', () => {
    const [one = '', two = ''] = folders.map((folder) => {
      const { bytes } = writeFunction('deploy-check', { folder, entitlements: {} })
      const text = readFileSync(join(folder, 'index.cjs'), 'utf8')
      expect(Buffer.byteLength(text)).toBe(bytes)
      expect(bytes).toBeLessThan(270_000)
      return text
    })
    expect(one).toBe(two)
    expect(one).not.toContain(process.cwd())
  })
})
