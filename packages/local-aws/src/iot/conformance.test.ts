import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { Packet } from 'mqtt-packet'
import type { IotOptions } from './index.js'
import type { RawClient } from './testing/raw-client.js'
import { everything, startTestAccount, type TestAccount } from './testing/test-account.js'

/**
 * One case of a table in `conformance/`: steps of clients a, b, … over raw packets. A step is [client, verb, …]; a verb
 * that starts with `4:` or `5:` counts for that protocol level only. `*` is the server: advance (ms), restart (keep?),
 * cut (client), settled (client): until it knows that this client's connection is gone.
 */
interface Case {
  readonly name: string
  /** The MQTT clause, or the AWS deviation with its row or page. */
  readonly clause: string
  readonly versions?: readonly (4 | 5)[]
  readonly limits?: IotOptions['limits']
  readonly switches?: IotOptions['switches']
  readonly steps: readonly (readonly [client: string, verb: string, ...args: unknown[]])[]
}

const folder = new URL('../../src/iot/conformance/', import.meta.url)
const tables = readdirSync(folder).map((file) => ({
  subject: file.replace('.json', ''),
  cases: JSON.parse(readFileSync(new URL(file, folder), 'utf8'), expand) as Case[],
}))
const counted = { 4: 0, 5: 0 }

let account: TestAccount
afterEach(async () => account[Symbol.asyncDispose]())

for (const { subject, cases } of tables) {
  describe(subject, () => {
    for (const one of cases)
      for (const version of one.versions ?? ([4, 5] as const)) {
        counted[version] += 1
        it(`${version === 4 ? '3.1.1' : '5'} ${one.clause} ${one.name}`, () => play(one, version))
      }
  })
}

it('has at least 60 cases for each protocol version', async () => {
  account = await startTestAccount()
  expect(counted[4]).toBeGreaterThanOrEqual(60)
  expect(counted[5]).toBeGreaterThanOrEqual(60)
})

async function play({ steps, limits, switches }: Case, version: 4 | 5): Promise<void> {
  account = await startTestAccount({
    limits: { connectsPerSecondPerClientId: 100, ...limits },
    ...(switches && { switches }),
  })
  const actors = new Map<string, Actor>()
  for (const [name, conditional, ...args] of steps) {
    const [, only, verb = ''] = /^(?:([45]):)?(\w+)$/u.exec(conditional) ?? []
    if (only !== undefined && Number(only) !== version) continue
    if (name === '*') {
      await onServer(verb, args)
    } else {
      const actor = actors.get(name) ?? new Actor(version, name)
      actors.set(name, actor)
      await actor.act(verb, args)
    }
  }
}

async function onServer(verb: string, [value]: unknown[]): Promise<void> {
  if (verb === 'advance') {
    account.clock.skew += value as number
    await account.iot.sweep()
  } else if (verb === 'settled') {
    await untilAway(value as string)
  } else if (verb === 'restart') {
    await account.iot.restart({ keepSessions: value as boolean })
  } else if (verb === 'cut') {
    account.iot.cut(value as string)
  } else {
    throw new TypeError(`There is no verb ${verb} for the server.`)
  }
}

/** The data plane learns from the socket that a client has gone. */
async function untilAway(clientId: string): Promise<void> {
  while (account.iot.connections().some((one) => one.clientId === clientId)) await setImmediate()
}

class Actor {
  readonly #version: 4 | 5
  readonly #name: string
  #client: RawClient | undefined
  #last: Packet | undefined

  constructor(version: 4 | 5, name: string) {
    this.#version = version
    this.#name = name
  }

  async act(verb: string, args: unknown[]): Promise<void> {
    const [first, second, third] = args as [object | string, object | string, object]
    if (verb === 'open') {
      this.#client = await account.open(account.session(everything, this.#name))
    } else if (verb === 'connect' || verb === 'connecting') {
      await this.act('open', [])
      const protocolVersion = this.#version
      this.#live.sendConnect({ protocolVersion, clientId: this.#name, ...binary(first as object) })
      if (verb === 'connect') await this.#expect({ cmd: 'connack', ...this.#accepted, ...(second as object) })
    } else if (verb === 'send') {
      this.#live.send(binary(first as object) as Packet)
    } else if (verb === 'publish') {
      this.#live.publish(first as string, second as string, third)
    } else if (verb === 'subscribe' || verb === 'unsubscribe') {
      this.#live.send(listing(verb, args))
    } else if (verb === 'bytes') {
      this.#live.sendBytes(Buffer.from((first as string).replaceAll(' ', ''), 'hex'))
    } else if (verb === 'text') {
      this.#live.socket.send(first as string)
    } else if (verb === 'expect') {
      await this.#expect(first as object)
    } else if (verb === 'gets') {
      await this.#expect({ cmd: 'publish', topic: first, payload: second, ...third } as object)
    } else if (verb === 'ack') {
      this.#live.send({ cmd: 'puback', messageId: this.#last?.messageId as number })
    } else if (verb === 'closed') {
      expect(await this.#live.next()).toBeUndefined()
      await this.#live.closed
    } else if (verb === 'leave') {
      this.#live.send(binary({ cmd: 'disconnect', ...(first as object) }) as Packet)
      await this.#live.closed
    } else if (verb === 'close') {
      this.#live.socket.close(1000)
    } else if (verb === 'cut') {
      this.#live.socket.terminate()
    } else {
      throw new TypeError(`There is no verb ${verb}.`)
    }
  }

  get #live(): RawClient {
    if (this.#client === undefined) throw new TypeError(`${this.#name} has no connection.`)
    return this.#client
  }

  get #accepted(): object {
    return this.#version === 5 ? { reasonCode: 0 } : { returnCode: 0 }
  }

  async #expect(expected: object): Promise<void> {
    this.#last = await this.#live.next()
    const { payload, ...rest } = (this.#last ?? {}) as { payload?: unknown }
    const body = payload === undefined ? {} : json(String(payload))
    const shown = JSON.parse(JSON.stringify({ ...rest, ...body }))
    const { absent = [], ...present } = expected as { absent?: string[] }
    expect(shown).toMatchObject(present)
    for (const path of absent) expect(shown).not.toHaveProperty(path)
  }
}

/** A payload as text, and read if it is a JSON object. */
function json(payload: string): object {
  return payload.startsWith('{') ? { payload, message: JSON.parse(payload) } : { payload }
}

function listing(verb: 'subscribe' | 'unsubscribe', filters: unknown[]): Packet {
  const extra = filters.filter((one) => typeof one === 'object' && !('topic' in (one as object)))
  const named = filters.filter((one) => !extra.includes(one))
  const subscriptions = named.map((one) => (typeof one === 'string' ? { topic: one, qos: 0 } : one))
  const list = verb === 'subscribe' ? { subscriptions } : { unsubscriptions: named }
  return { cmd: verb, messageId: 1, ...list, ...(extra[0] as object) } as Packet
}

/** Payloads of last wills are bytes. */
function binary(packet: object = {}): object {
  const { will } = packet as { will?: { payload: string } }
  return will === undefined
    ? packet
    : { ...packet, will: { qos: 0, retain: false, ...will, payload: Buffer.from(will.payload) } }
}

/** Replaces `{300*x}` by 300 times x. */
function expand(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value
  return value.replaceAll(/\{(\d+)\*([^}]+)\}/gu, (_all, count: string, text: string) => text.repeat(Number(count)))
}
