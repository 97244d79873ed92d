import { Agent } from 'node:https'
import { STSClient } from '@aws-sdk/client-sts'
import { type AccessKey, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import { type Sts, startSts } from '../sts/index.js'
import { createTlsMaterial } from '../tls.js'

export const accountId = '123456789012'
export const region = 'eu-west-1'

/** Tests' STS with an account behind it, a clock they drive, and a stock client for any access key. */
export interface TestAccount extends AsyncDisposable {
  readonly sts: Sts
  readonly directory: Directory
  readonly journal: JournalEntry[]
  readonly clock: { skew: number; now(): number }
  readonly ca: string
  client(key: Partial<AccessKey>, attempts?: number): STSClient
}

export async function openTestAccount(): Promise<TestAccount> {
  const clock = { skew: 0, now: () => Date.now() + clock.skew }
  const directory = new Directory({ accountId, clock })
  const journal: JournalEntry[] = []
  const tls = await createTlsMaterial()
  const sts = await startSts({
    directory,
    accountId,
    region,
    clock,
    journal: (entry) => journal.push(entry),
    tls,
    port: 0,
  })
  const clients: STSClient[] = []
  return {
    sts,
    directory,
    journal,
    clock,
    ca: tls.ca,
    client: (key, attempts = 1) => {
      const client = new STSClient({
        endpoint: sts.url,
        region,
        maxAttempts: attempts,
        credentials: {
          accessKeyId: key.accessKeyId ?? 'AKIAIOSFODNN7EXAMPLE',
          secretAccessKey: key.secretAccessKey ?? 'no secret',
          ...(key.sessionToken === undefined ? {} : { sessionToken: key.sessionToken }),
        },
        requestHandler: { httpsAgent: new Agent({ ca: tls.ca, keepAlive: true }) },
      })
      clients.push(client)
      return client
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.destroy()
      await sts.close()
    },
  }
}

/** A policy document with one statement per argument. */
export function policy(...statements: object[]) {
  return { Version: '2012-10-17', Statement: statements }
}
export function allow(action: string | string[], resource: string | string[] = '*') {
  return {
    Effect: 'Allow',
    Action: action,
    Resource: resource,
  }
}
export function deny(action: string | string[], resource: string | string[] = '*') {
  return {
    ...allow(action, resource),
    Effect: 'Deny',
  }
}
export function trust(principal: unknown, more: object = {}) {
  return {
    Effect: 'Allow',
    Principal: principal,
    Action: 'sts:AssumeRole',
    ...more,
  }
}
