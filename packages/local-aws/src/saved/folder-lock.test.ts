import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import { FolderInUseError, lockFolder } from './folder-lock.js'

let root: string
let folder: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'lock-'))
  folder = join(root, 'account')
})
afterEach(() => rm(root, { recursive: true }))

const inUse = { name: 'FolderInUseError', code: 'in_use', remedy: expect.stringContaining('Stop it') }

describe('lockFolder', () => {
  it('has one holder at a time, and the next one after its release', async () => {
    const release = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toMatchObject({
      ...inUse,
      message: `Another stand-in, process ${process.pid}, stores its account in ${folder}`,
    })
    await release()
    await (await lockFolder(folder))()
    expect(await readdir(folder)).toEqual([])
  })

  it('has exactly one holder if several find the lock of a process that has ended', async () => {
    const ended = spawn(process.execPath, ['-e', ''])
    await once(ended, 'exit')
    for (let round = 0; round < 20; round++) {
      await (await lockFolder(folder))()
      await writeFile(join(folder, 'lock.7'), JSON.stringify({ pid: ended.pid, folder, token: 'old' }))
      const results = await Promise.allSettled(Array.from({ length: 5 }, () => lockFolder(folder)))
      const taken = results.filter(({ status }) => status === 'fulfilled')
      expect(taken).toHaveLength(1)
      for (const result of results) {
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(FolderInUseError)
      }
      await (taken[0] as PromiseFulfilledResult<() => Promise<void>>).value()
    }
  })

  it('does not lock a copy of the folder, nor a folder with an invalid lock file', async () => {
    const release = await lockFolder(folder)
    const copy = join(root, 'copy')
    await cp(folder, copy, { recursive: true })
    await (await lockFolder(copy))()
    await release()
    await writeFile(join(folder, 'lock.7'), '{')
    await (await lockFolder(folder))()
  })
})

it('two stand-ins do not share an account, on any ports; the second one names the first, and can use it afterwards', async () => {
  const first = await startLocalAws({ state: folder })
  await expect(startLocalAws({ state: folder })).rejects.toMatchObject(inUse)
  await first.close()
  await (await startLocalAws({ state: folder })).close()
})
