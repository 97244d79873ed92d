import type { ServerResponse } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import { type RawServer, startRawServer } from '../testing/raw-server.js'
import type { TableClientOptions } from './table-calls.js'
import { TableClient } from './table-client.js'

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }

function client({ url }: RawServer, more: Partial<TableClientOptions> = {}): TableClient {
  return new TableClient({ tableName: 'access', region: 'eu-west-1', endpoint: url, credentials, ...more })
}

function json(body: unknown, status = 200) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body))
  }
}

function error(name: string, status = 400) {
  return json({ __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: 'no' }, status)
}

function found(keys: readonly string[], left: readonly string[] = []) {
  const Keys = left.map((key) => ({ pk: { S: key } }))
  return json({
    Responses: { access: keys.map((key) => ({ pk: { S: key } })) },
    UnprocessedKeys: left.length === 0 ? {} : { access: { Keys, ConsistentRead: true } },
  })
}

/** Returns the responses in order, then repeats the last one. */
function inTurn(...answers: ((response: ServerResponse) => void)[]) {
  return (response: ServerResponse) => {
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(response)
  }
}

describe('reading', () => {
  it('is one signed, strongly consistent request with each key once', async () => {
    await using server = await startRawServer(found(['user#a']))
    const items = await client(server).read(['user#a', 'group#b', 'user#a'])
    expect([...items.keys()]).toEqual(['user#a'])
    const [{ headers, body } = { headers: {}, body: '' }, ...more] = server.asked
    expect(more).toEqual([])
    expect(JSON.parse(body)).toEqual({
      RequestItems: { access: { Keys: [{ pk: { S: 'user#a' } }, { pk: { S: 'group#b' } }], ConsistentRead: true } },
    })
    expect(headers).toMatchObject({
      'x-amz-target': 'DynamoDB_20120810.BatchGetItem',
      'x-amz-security-token': 'token',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/dynamodb\/aws4_request/u,
      ),
    })
  })

  it('requests unprocessed keys again', async () => {
    await using server = await startRawServer(inTurn(found(['user#a'], ['group#b']), found(['group#b'])))
    expect([...(await client(server).read(['user#a', 'group#b'])).keys()]).toEqual(['user#a', 'group#b'])
    expect(JSON.parse(server.asked[1]?.body ?? '').RequestItems.access.Keys).toEqual([{ pk: { S: 'group#b' } }])
  })

  it('requests batches of 100 keys', async () => {
    await using server = await startRawServer((response, body) => {
      const { Keys } = JSON.parse(body).RequestItems.access as { Keys: { pk: { S: string } }[] }
      found(Keys.map(({ pk }) => pk.S))(response)
    })
    const keys = Array.from({ length: 250 }, (_, index) => `user#u${index}`)
    expect((await client(server).read(keys)).size).toBe(250)
    expect(server.asked).toHaveLength(3)
  })

  it('retries a limited number of times if the table throttles or is unavailable', async () => {
    await using server = await startRawServer(
      inTurn(error('ProvisionedThroughputExceededException'), error('InternalServerError', 500), found(['user#a'])),
    )
    expect((await client(server).read(['user#a'])).size).toBe(1)
    server.answer = error('ThrottlingException')
    await expect(client(server).read(['user#a'])).rejects.toMatchObject({ code: 'table_throttled' })
    server.answer = found([], ['user#a'])
    await expect(client(server).read(['user#a'])).rejects.toMatchObject({ code: 'table_throttled' })
  })
})

describe('a response that is not DynamoDB’s is an error, never an empty table', () => {
  it.each([
    ['not JSON', (response: ServerResponse) => response.end('<html>')],
    ['null', json(null)],
    ['another table', json({ Responses: { other: [] }, UnprocessedKeys: {} })],
    ['nothing about a key', json({ Responses: {}, UnprocessedKeys: {} })],
    ['an item that was not asked for', found(['user#mallory'])],
    ['an item without a key', json({ Responses: { access: [{ publish: { L: [] } }] }, UnprocessedKeys: {} })],
    ['a proxy’s error', (response: ServerResponse) => response.writeHead(404).end('no such page')],
    [
      'an end after the headers',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': 100 }).end('{').destroy(),
    ],
    ['the connection cut', (response: ServerResponse) => response.destroy()],
  ])('%s', async (_, answer) => {
    await using server = await startRawServer(answer)
    await expect(client(server, { attempts: 1 }).read(['user#a'])).rejects.toMatchObject({ code: 'table_unavailable' })
  })

  it('no response, or a stall after the headers', async () => {
    await using server = await startRawServer(() => {})
    const impatient = { attempts: 1, timeoutMs: 50 }
    await expect(client(server, impatient).read(['user#a'])).rejects.toMatchObject({ code: 'table_unavailable' })
    server.answer = (response) => response.writeHead(200).write('{"Resp')
    await expect(client(server, impatient).read(['user#a'])).rejects.toMatchObject({ code: 'table_unavailable' })
    // The caller's own deadline applies as well.
    const signal = AbortSignal.timeout(50)
    await expect(client(server).read(['user#a'], signal)).rejects.toMatchObject({ code: 'table_unavailable' })
  })

  it('a response that is too long', async () => {
    await using server = await startRawServer(found(['user#a']))
    await expect(client(server, { longestAnswer: 20 }).read(['user#a'])).rejects.toMatchObject({
      code: 'table_unavailable',
    })
    await client(server, { longestAnswer: 1000 }).read(['user#a'])
  })
})

it.each(['AccessDeniedException', 'ResourceNotFoundException', 'ExpiredTokenException', 'ValidationException'])(
  '%s is refused without a retry',
  async (name) => {
    await using server = await startRawServer(error(name))
    await expect(client(server).read(['user#a'])).rejects.toMatchObject({ code: 'table_refused', value: name })
    expect(server.asked).toHaveLength(1)
  },
)

describe('writing', () => {
  it('requires that the item is unchanged since it was read', async () => {
    await using server = await startRawServer(inTurn(json({}), error('ConditionalCheckFailedException'), json({})))
    const table = client(server)
    const item = { pk: { S: 'user#a' } }
    expect(await table.put(item, { version: 0, writeId: undefined })).toBe(true)
    expect(await table.put(item, { version: 3, writeId: 'w' })).toBe(false)
    const conditions = server.asked.map(({ body }) => JSON.parse(body).ConditionExpression)
    expect(conditions).toEqual([
      'attribute_not_exists(#version) AND attribute_not_exists(#writeId)',
      '#version = :version AND #writeId = :writeId',
    ])
  })

  it('is not repeated, because the item shows whether it succeeded', async () => {
    await using server = await startRawServer((response) => response.destroy())
    await expect(client(server).put({ pk: { S: 'user#a' } }, { version: 0, writeId: undefined })).rejects.toMatchObject(
      { code: 'table_unavailable' },
    )
    expect(server.asked).toHaveLength(1)
  })
})

it('scans page by page', async () => {
  const page = (key: string, more: object) => json({ Items: [{ pk: { S: key } }], ...more })
  await using server = await startRawServer(inTurn(page('a', { LastEvaluatedKey: { pk: { S: 'a' } } }), page('b', {})))
  const keys: unknown[] = []
  for await (const items of client(server).scan()) keys.push(...items.map(({ pk }) => pk))
  expect(keys).toEqual([{ S: 'a' }, { S: 'b' }])
  expect(JSON.parse(server.asked[1]?.body ?? '').ExclusiveStartKey).toEqual({ pk: { S: 'a' } })
})

it('signs once more with the server’s time if the local clock is wrong', async () => {
  const date = new Date(Date.now() + 3_600_000).toUTCString()
  await using server = await startRawServer((response) => {
    response.setHeader('date', date)
    const answer = server.asked.length === 1 ? error('InvalidSignatureException') : found(['user#a'])
    answer(response)
  })
  const table = client(server)
  expect((await table.read(['user#a'])).size).toBe(1)
  await table.read(['user#a'])
  expect(server.asked).toHaveLength(3)
  const signedAt = (index: number) => String(server.asked[index]?.headers['x-amz-date']).slice(0, 11)
  expect(signedAt(1)).toBe(new Date(date).toISOString().replaceAll(/[-:]/gu, '').slice(0, 11))
  expect(signedAt(0)).not.toBe(signedAt(1))
})
