import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import type { LocalAws } from '../local-aws-types.js'
import { serviceNames } from '../outages.js'
import { type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { send } from '../testing/https-client.js'
import { faultKeys } from './keys.js'

describe('faultKeys', () => {
  let assembly: TestAssembly
  let aws: LocalAws
  const keys = faultKeys()
  const press = async (name: string) => keys.find((key) => key.name === name)?.press(aws)

  beforeAll(async () => {
    assembly = await writeAssembly({ Resources: {} })
    aws = await startLocalAws({ assembly: assembly.directory })
  })
  afterAll(async () => {
    await aws.close()
    await assembly[Symbol.asyncDispose]()
  })

  const whoAmI = () =>
    send(aws.ca, `${aws.endpoints.sts}/`, {
      method: 'POST',
      key: aws.developer,
      service: 'sts',
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

  it('has one key per fault', () => {
    expect(new Set(keys.map(({ name }) => name)).size).toBe(keys.length)
  })

  it('each key and each method of aws.faults has a line in the README, and no other', async () => {
    const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
    const [, table = ''] = /^\| key \| method .*\n\| --- .*\n((?:\|.*\n)+)/mu.exec(readme) ?? []
    const cells = table
      .trimEnd()
      .split('\n')
      .map((row) => row.split(' | ').map((cell) => cell.replace(/^\| ?/u, '')))
    const named = cells.flatMap(([key = '']) => [...key.matchAll(/`(\w)`/gu)].map(([, one = '']) => one))
    const digits = serviceNames.map((_, index) => String(index + 1))
    expect(new Set([...named, ...digits])).toEqual(new Set(keys.map(({ name }) => name)))
    const methods = cells.map(([, method = '']) => method).join()
    for (const method of Object.keys(aws.faults)) expect(methods).toMatch(new RegExp(`\`${method}\\b`, 'u'))
  })

  it('s: the clock is wrong, then right again', async () => {
    expect(await whoAmI()).toMatchObject({ status: 200 })
    await press('s')
    const { headers } = await whoAmI()
    expect(Date.parse(headers.date ?? '') - Date.now()).toBeGreaterThan(9 * 60_000)
    await press('s')
    expect(Date.parse((await whoAmI()).headers.date ?? '') - Date.now()).toBeLessThan(60_000)
  })

  it('t: STS throttles for a while', async () => {
    await press('t')
    const statuses = []
    for (let call = 0; call < 11; call++) statuses.push((await whoAmI()).status)
    expect(statuses).toEqual([...Array(10).fill(400), 200])
  })

  it('a and d are switched on and off', async () => {
    await press('a')
    await press('d')
    expect(aws.faults.api).toMatchObject({ throttle: true, delayMilliseconds: 1_000 })
    await press('a')
    await press('d')
    expect(aws.faults.api).toMatchObject({ throttle: false, delayMilliseconds: 0 })
    expect(await whoAmI()).toMatchObject({ status: 200 })
  })

  it('e, c, r, l and p say what they did, also when there was nothing to do', async () => {
    expect(await Promise.all(['e', 'c', 'p'].map(press))).toEqual([
      '0 credentials expired',
      '0 sockets cut',
      'no role is in use',
    ])
    expect(await press('r')).toBe('broker restarted, sessions kept')
    expect(await press('l')).toBe('broker restarted, sessions lost')
  })

  it('i, f, u, o and the numbers of the services are switched on and off', async () => {
    for (const name of ['i', 'f', 'u', 'o', ...serviceNames.map((_, index) => String(index + 1))]) {
      const said = [await press(name), await press(name)]
      expect(said).toEqual([
        expect.any(String),
        expect.stringMatching(/any more|no longer|at once|immediately|again$/u),
      ])
      expect(said[0]).not.toBe(said[1])
    }
    expect(await whoAmI()).toMatchObject({ status: 200 })
    await press('1')
    expect(await whoAmI()).toMatchObject({ status: 503 })
    await press('1')
    expect(await whoAmI()).toMatchObject({ status: 200 })
  })
})
