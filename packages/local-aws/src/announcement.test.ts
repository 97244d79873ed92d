import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { announce, findRunning } from '@topic-credentials/project'
import { startLocalAws } from './local-aws.js'
import type { LocalAws } from './local-aws-types.js'
import { type TestAssembly, writeAssembly } from './testing/assembly.js'

describe('announce and findRunning', () => {
  let assembly: TestAssembly
  let aws: LocalAws
  let directory: string
  const file = () => join(directory, '.local-aws', 'running.json')

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'test-project-'))
    assembly = await writeAssembly({ Resources: {}, Outputs: { Where: { Value: { Ref: 'AWS::Region' } } } })
    aws = await startLocalAws({ assembly: assembly.directory, region: 'eu-west-1' })
  })
  afterAll(async () => {
    await aws.close()
    await assembly[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })

  it('finds nothing where nothing was announced', async () => {
    expect(await findRunning({ directory })).toBeUndefined()
  })

  it('finds what was announced, readable by its owner only, until it is removed', async () => {
    const { content, remove } = await announce(aws, { directory })
    expect(await findRunning({ directory })).toEqual(content)
    expect(content).toMatchObject({
      version: 1,
      id: aws.id,
      pid: process.pid,
      region: 'eu-west-1',
      outputs: { Test: { Where: 'eu-west-1' } },
      ca: aws.ca,
      endpoints: aws.endpoints,
      developer: { accessKeyId: aws.developer.accessKeyId, secretAccessKey: aws.developer.secretAccessKey },
    })
    expect(await readFile(content.caFile, 'utf8')).toBe(aws.ca)
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await stat(join(directory, '.local-aws'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(directory, '.local-aws'))).toEqual(['running.json'])
    await remove()
    expect(await findRunning({ directory })).toBeUndefined()
  })

  it('leaves the announcement of a later one alone', async () => {
    const first = await announce(aws, { directory })
    const later = { ...first.content, id: 'a later one' }
    await writeFile(file(), JSON.stringify(later))
    await first.remove()
    expect(JSON.parse(await readFile(file(), 'utf8'))).toEqual(later)
  })

  const impostors: [string, (content: object) => object][] = [
    ['a closed port', (content) => ({ ...content, endpoints: { ...aws.endpoints, endpoint: 'https://localhost:1' } })],
    ['another stand-in at that port', (content) => ({ ...content, id: 'somebody else' })],
  ]
  it.each(impostors)('forgets an announcement with %s', async (_, change) => {
    const { content } = await announce(aws, { directory })
    await writeFile(file(), JSON.stringify(change(content)))
    expect(await findRunning({ directory })).toBeUndefined()
    await expect(stat(file())).rejects.toThrow('ENOENT')
  })

  describe('on a busy machine', () => {
    /** Announces the stand-in at a port that passes connections on after `ms`, or never. */
    async function announceBehind(ms: number | undefined, change: object = {}) {
      const { hostname, port } = new URL(aws.endpoints.endpoint)
      const slow = createServer((socket) => {
        socket.on('error', () => {})
        if (ms === undefined) return
        setTimeout(() => {
          const onward = connect(Number(port), hostname)
          pipeline(socket, onward, socket, () => {})
        }, ms)
      })
      await once(slow.listen(0, 'localhost'), 'listening')
      const endpoint = `https://localhost:${(slow.address() as AddressInfo).port}`
      const { content } = await announce(aws, { directory })
      const slowly = { ...content, endpoints: { ...aws.endpoints, endpoint }, ...change }
      await writeFile(file(), JSON.stringify(slowly))
      return { slowly, slow }
    }

    it('finds a stand-in that takes more than a second to answer', async () => {
      const { slowly, slow } = await announceBehind(1_200)
      expect(await findRunning({ directory })).toEqual(slowly)
      slow.close()
    })

    it('keeps the announcement of a process that does not answer in time, and removes it when the process is gone', async () => {
      const { slow } = await announceBehind(undefined)
      expect(await findRunning({ directory }, 100)).toBeUndefined()
      await stat(file())
      slow.close()
      const child = spawn(process.execPath, ['--eval', ''])
      await once(child, 'exit')
      const { slow: again } = await announceBehind(undefined, { pid: child.pid })
      expect(await findRunning({ directory }, 100)).toBeUndefined()
      await expect(stat(file())).rejects.toThrow('ENOENT')
      again.close()
    })
  })

  it('does not trust a server that another authority signed for', async () => {
    const { content } = await announce(aws, { directory })
    await using other = await startLocalAws({ assembly: assembly.directory })
    await writeFile(file(), JSON.stringify({ ...content, ca: other.ca }))
    expect(await findRunning({ directory })).toBeUndefined()
  })

  it.each(['', 'not json', '{}', '{"version":2}', '[]', 'null'])('takes %j for no announcement', async (text) => {
    await writeFile(file(), text)
    expect(await findRunning({ directory })).toBeUndefined()
  })

  it('sends no request to another machine', async () => {
    const { content } = await announce(aws, { directory })
    await writeFile(
      file(),
      JSON.stringify({ ...content, endpoints: { ...aws.endpoints, endpoint: 'https://example.com' } }),
    )
    expect(await findRunning({ directory })).toBeUndefined()
  })
})
