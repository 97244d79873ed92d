import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import { Announcing } from './announcing.js'

it('announces the deployed outputs, whether sources are followed, and failures', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'announcing-'))
  const file = join(folder, '.local-aws/running.json')
  await using aws = await startLocalAws({})
  const announcing = new Announcing(folder)
  const announced = async () => {
    await announcing.again()
    const { asOf, follows, behind, failedAt } = JSON.parse(await readFile(file, 'utf8'))
    return { asOf, follows, behind, failedAt }
  }
  try {
    await announcing.begin(aws)
    // Nothing is deployed, and nothing known.
    expect(await announced()).toEqual({})
    announcing.know({ follows: true, behind: 'cdk.out' })
    announcing.failed(1_000)
    expect(await announced()).toEqual({ follows: true, behind: 'cdk.out', failedAt: '1970-01-01T00:00:01.000Z' })
    announcing.know({ asOf: 2_000, follows: false })
    expect(await announced()).toEqual({ asOf: '1970-01-01T00:00:02.000Z' })
    // What is behind says nothing about the sources that are deployed.
    announcing.know({ follows: true, behind: 'cdk.out' })
    expect(await announced()).toEqual({ asOf: '1970-01-01T00:00:02.000Z', follows: true, behind: 'cdk.out' })
    await announcing.end()
    await expect(readFile(file)).rejects.toThrow('ENOENT')
  } finally {
    await rm(folder, { recursive: true })
  }
})
