import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from '@jest/globals'

const main = fileURLToPath(new URL('./main.js', import.meta.url))

function run(...words: string[]): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr })
    })
  })
}

describe('topic-credentials-ops', () => {
  it.each([
    ['revoke', '--client-id'],
    ['access', 'withdraw'],
    ['check', '--outputs'],
    ['probe', '--transcript'],
  ])('%s is that command, with its own help', async (command, sign) => {
    const { code, stdout } = await run(command, '--help')
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(sign) })
    expect(stdout).toContain(`Usage: ${command}`)
  })

  it('lists its commands; a word that is none of them is wrong usage', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, stdout: expect.stringContaining('revoke') })
    expect(await run('revok')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining("'revok'") })
    expect(await run()).toMatchObject({ code: 2 })
  })

  it('hands the words on', async () => {
    expect(await run('revoke', 'alice', '--list')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--list does not accept a USER'),
    })
  })
})
