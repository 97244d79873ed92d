import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../testing/deployments.js'

let state: string
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'tables-'))
})
afterEach(() => rm(state, { recursive: true }))

function table(properties: object = {}, more: object = {}) {
  const Properties = {
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...properties,
  }
  const Resources = { Table: { Type: 'AWS::DynamoDB::Table', Properties, ...more } }
  return { Resources, Outputs: { Table: { Value: { Ref: 'Table' } } } }
}

/** A stock client, and the table of the stack. */
function items({ aws }: TestDeployments) {
  const { accessKeyId = '', secretAccessKey = '' } = aws.directory.userKey('admin') ?? {}
  const client = new DynamoDBClient({
    region: aws.region,
    endpoint: String(aws.endpoints.dynamodb),
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) },
    maxAttempts: 1,
  })
  const TableName = aws.outputs.Test?.Table ?? 'kept'
  const key = (pk: string) => ({ TableName, Key: { pk: { S: pk } } })
  return {
    put: (pk: string, more: object = {}) =>
      client.send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, n: { N: '1' } }, ...more })),
    remove: (pk: string) => client.send(new DeleteItemCommand(key(pk))),
    add: (pk: string) =>
      client.send(
        new UpdateItemCommand({
          ...key(pk),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      ),
    read: async (pk: string) => (await client.send(new GetItemCommand(key(pk)))).Item?.n?.N,
    [Symbol.dispose]: () => client.destroy(),
  }
}

describe('items of a table', () => {
  it('are there after a restart as they were, however often; what was deleted or refused is not', async () => {
    {
      await using first = await openDeployments({ state })
      await first.deploy(table())
      using before = items(first)
      for (const pk of ['kept', 'removed', 'counted']) await before.put(pk)
      await before.remove('removed')
      for (let count = 0; count < 3; count++) await before.add('counted')
      const taken = { ConditionExpression: 'attribute_not_exists(pk)', Item: { pk: { S: 'kept' }, n: { N: '9' } } }
      await expect(before.put('kept', taken)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    }
    for (let restart = 0; restart < 2; restart++) {
      await using again = await openDeployments({ state })
      using after = items(again)
      expect([await after.read('kept'), await after.read('removed'), await after.read('counted')]).toEqual([
        '1',
        undefined,
        '4',
      ])
    }
  })

  it('are all there that were answered when the stand-in is killed in the middle of a line', async () => {
    {
      await using first = await openDeployments({ state })
      await first.deploy(table())
      using before = items(first)
      await Promise.all(Array.from({ length: 30 }, (_, index) => before.put(`item-${index}`)))
      // Before anything ends orderly.
      const lines = (await readFile(join(state, 'tables.jsonl'), 'utf8')).split('\n')
      expect(lines.filter((line) => line.includes('PutItem'))).toHaveLength(30)
    }
    await appendFile(join(state, 'tables.jsonl'), '{"event":"written","operation":"PutItem","bo')
    await using again = await openDeployments({ state })
    using after = items(again)
    for (let index = 0; index < 30; index++) expect(await after.read(`item-${index}`)).toBe('1')
    await after.put('another')
    expect(await after.read('another')).toBe('1')
  })

  it('go with their table, and stay with one that is retained; its name stays taken', async () => {
    const kept = table({ TableName: 'kept' }, { DeletionPolicy: 'Retain' })
    {
      await using first = await openDeployments({ state })
      await first.deploy(table())
      using before = items(first)
      await before.put('gone')
      expect(await first.destroy()).toBe('DELETE_COMPLETE')
      await first.deploy(kept)
      using own = items(first)
      await own.put('stays')
      expect(await first.destroy()).toBe('DELETE_COMPLETE')
    }
    expect(await readFile(join(state, 'tables.jsonl'), 'utf8')).toContain('stays')
    await using again = await openDeployments({ state })
    expect((await again.deploy(kept)).status).toBe('ROLLBACK_COMPLETE')
    expect(await readFile(join(state, 'tables.jsonl'), 'utf8')).not.toContain('gone')
    await again.destroy()
    await again.deploy(table())
    using after = items(again)
    expect(await after.read('gone')).toBeUndefined()
  })
})
