import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { SignatureV4 } from '@smithy/signature-v4'
import { type AccessKey, Directory } from '../../iam/index.js'
import type { JournalEntry } from '../../journal.js'
import { createTlsMaterial } from '../../tls.js'
import { type IotDataPlane, type IotOptions, startIot } from '../index.js'
import { RawClient } from './raw-client.js'

export const accountId = '123456789012'
export const region = 'eu-west-1'
const tls = createTlsMaterial()

/**
 * A data plane with an account behind it and a clock that tests drive. Disposing throws when the data plane sent one of its raw clients what MQTT
 * forbids, so that every test judges every packet.
 */
export interface TestAccount extends AsyncDisposable {
  readonly iot: IotDataPlane
  readonly directory: Directory
  readonly journal: JournalEntry[]
  readonly clock: { skew: number; now(): number }
  readonly ca: string
  /** A role with these statements, and credentials of a session of it. */
  session(statements: readonly object[], sessionName?: string, sessionPolicy?: readonly object[]): AccessKey
  /** `wss://…/mqtt?…` as the device SDK signs it: the session token is appended, not signed. */
  presign(key: AccessKey, changes?: { host?: string; region?: string; service?: string }): Promise<string>
  /** A WebSocket that speaks packets. */
  open(key: AccessKey): Promise<RawClient>
  refusals(): JournalEntry[]
}

export async function startTestAccount(options: Partial<IotOptions> = {}): Promise<TestAccount> {
  const started = Date.now()
  const clock = { skew: 0, now: () => started + clock.skew }
  const directory = new Directory({ accountId, clock })
  const journal: JournalEntry[] = []
  const material = await tls
  const iot = await startIot({
    directory,
    region,
    accountId,
    clock,
    journal: (entry) => journal.push(entry),
    tls: material,
    ...options,
  })
  const clients = new Set<RawClient>()
  let violation: Error | undefined
  let roles = 0
  const account: TestAccount = {
    iot,
    directory,
    journal,
    clock,
    ca: material.ca,
    session: (statements, sessionName = 'alice', sessionPolicy) => {
      roles += 1
      const role = directory.createRole({
        roleName: `role-${roles}`,
        trustPolicy: policy({ Effect: 'Allow', Principal: { AWS: accountId }, Action: 'sts:AssumeRole' }),
        inlinePolicies: { grants: policy(...statements) },
      })
      const limited = sessionPolicy && { sessionPolicy: policy(...sessionPolicy) }
      return directory.addSession({ role, sessionName, durationSeconds: 3600, ...limited })
    },
    presign: async (key, { host = iot.endpoint, region: scope = region, service = 'iotdevicegateway' } = {}) => {
      const { accessKeyId, secretAccessKey, sessionToken } = key
      const credentials = { accessKeyId, secretAccessKey }
      const signer = new SignatureV4({ service, region: scope, credentials, sha256: Sha256, applyChecksum: false })
      const request = { method: 'GET', protocol: 'wss:', hostname: 'localhost', path: '/mqtt', headers: { host } }
      const options = { expiresIn: 300, signingDate: new Date(clock.now()) }
      const { query } = await signer.presign({ ...request, query: {} }, options)
      const parameters = new URLSearchParams(query as Record<string, string>)
      if (sessionToken !== undefined) parameters.set('X-Amz-Security-Token', sessionToken)
      return `wss://${iot.endpoint}/mqtt?${parameters}`
    },
    open: async (key) => {
      const client = new RawClient(await account.presign(key), material.ca)
      clients.add(client)
      client.socket.once('close', () => {
        clients.delete(client)
        violation ??= client.violation
      })
      await once(client.socket, 'open')
      return client
    },
    refusals: () => journal.filter(({ outcome }) => outcome === 'refused'),
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.socket.terminate()
      await iot.close()
      for (const client of clients) violation ??= client.violation
      if (violation !== undefined) throw violation
    },
  }
  return account
}

/** Node's SHA-256 in the form that the stock signer takes. */
class Sha256 {
  #hash: ReturnType<typeof createHash> | ReturnType<typeof createHmac>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string)
  }

  update(data: Uint8Array): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {
    this.#hash = createHash('sha256')
  }
}

export function policy(...statements: object[]) {
  return { Version: '2012-10-17', Statement: statements }
}

function arn(resource: string): string {
  return resource === '*' ? '*' : `arn:aws:iot:${region}:${accountId}:${resource}`
}

/** `allow('Publish', 'topic/a', 'topic/b')` */
export function allow(action: string, ...resources: string[]) {
  return { Effect: 'Allow', Action: `iot:${action}`, Resource: resources.map(arn) }
}

export function deny(action: string, ...resources: string[]) {
  return { ...allow(action, ...resources), Effect: 'Deny' }
}

/** What one user of one topic has. */
export function userOf(topic: string, client = 'alice') {
  return [
    allow('Connect', `client/${client}*`),
    allow('Publish', `topic/${topic}`),
    allow('RetainPublish', `topic/${topic}`),
    allow('Subscribe', `topicfilter/${topic}`),
    allow('Receive', `topic/${topic}`),
  ]
}

export const everything = [allow('*', '*')]
