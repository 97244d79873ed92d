import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { AccountFile, SavedAccountError } from './account-file.js'
import type { SavedAccount } from './saved-account.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'account-'))
})
afterEach(() => rm(folder, { recursive: true }))

function account(region: string): SavedAccount {
  const directory = { policies: {}, roles: [], users: [] }
  return { version: 1, accountId: '123456789012', region, directory, buckets: {}, names: [], versions: {}, stacks: [] }
}

describe('AccountFile', () => {
  it('is readable by its owner alone', async () => {
    const file = new AccountFile(join(folder, 'account'))
    expect(await file.read()).toBeUndefined()
    await file.write(() => account('eu-west-1'))
    expect(await file.read()).toEqual(account('eu-west-1'))
    expect((await stat(file.folder)).mode & 0o777).toBe(0o700)
    expect((await stat(join(file.folder, 'account.json'))).mode & 0o777).toBe(0o600)
  })

  it('writes what is there in the end, however often it is asked', async () => {
    const file = new AccountFile(folder)
    let taken = 0
    const writing = Array.from({ length: 50 }, (_, index) =>
      file.write(() => {
        taken += 1
        return account(`region-${index}`)
      }),
    )
    await Promise.all(writing)
    expect(await file.read()).toEqual(account('region-0'))
    // The first, and once more for all that came while it was written.
    expect(taken).toBe(2)
  })

  it('keeps the former one when a writing fails', async () => {
    const file = new AccountFile(folder)
    await file.write(() => account('former'))
    const failing = file.write(() => {
      throw new Error('no memory')
    })
    await expect(failing).rejects.toThrow('no memory')
    expect(await file.read()).toEqual(account('former'))
    await file.write(() => account('later'))
    expect(await file.read()).toEqual(account('later'))
  })

  it('ignores a leftover draft', async () => {
    const file = new AccountFile(folder)
    await file.write(() => account('whole'))
    await writeFile(join(folder, 'account.json.draft'), '{"version":1,"acc')
    expect(await file.read()).toEqual(account('whole'))
  })

  it('is whole whenever its writer is killed', async () => {
    const program = fileURLToPath(new URL('../testing/account-writer.js', import.meta.url))
    for (let round = 0; round < 5; round++) {
      const writer = fork(program, [folder], { execArgv: [] })
      // In the middle of the writings that follow.
      for (let written = 0; written < 3 + round; written++) await once(writer, 'message')
      writer.kill('SIGKILL')
      await once(writer, 'exit')
      expect(JSON.parse(await readFile(join(folder, 'account.json'), 'utf8'))).toMatchObject({
        version: 1,
        names: { length: 20_000 },
      })
    }
  })

  it.each([
    ['{', /JSON/u],
    ['{"version":2}', /its version is 2/u],
  ])('says what to do with %j', async (text, reason) => {
    await writeFile(join(folder, 'account.json'), text)
    const error = await new AccountFile(folder).read().catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SavedAccountError)
    expect(error).toMatchObject({
      code: 'unreadable',
      value: join(folder, 'account.json'),
      remedy: expect.stringContaining('--fresh'),
    })
    expect((error as Error).message).toMatch(reason)
  })
})
