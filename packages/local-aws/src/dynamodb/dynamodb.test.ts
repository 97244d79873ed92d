import { Agent } from 'node:https'
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListBackupsCommand,
  ListTablesCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type AccessKey, Directory } from '../iam/index.js'
import type { JournalEntry } from '../journal.js'
import { createTlsMaterial } from '../tls.js'
import { type DynamoDb, startDynamoDb, Tables } from './index.js'

const clock = { now: () => Date.now() }
const accountId = '123456789012'
const region = 'eu-west-1'
const directory = new Directory({ accountId, clock })
const tables = new Tables({ region, accountId })
const journal: JournalEntry[] = []
const clients: DynamoDBClient[] = []
const arn = `arn:aws:dynamodb:${region}:${accountId}:table/access`
let dynamodb: DynamoDb
let ca: string
let owner: DynamoDBClient

function policy(...Statement: object[]) {
  return { Version: '2012-10-17', Statement }
}

function client({ accessKeyId, secretAccessKey }: AccessKey, more: object = {}): DynamoDBClient {
  const requestHandler = { httpsAgent: new Agent({ ca, keepAlive: true }) }
  const credentials = { accessKeyId, secretAccessKey }
  const made = new DynamoDBClient({
    ...{ endpoint: dynamodb.url, region, credentials, maxAttempts: 1, requestHandler },
    ...more,
  })
  clients.push(made)
  return made
}

let users = 0
function userWith(...statements: object[]): DynamoDBClient {
  users += 1
  return client(directory.createUser(`user${users}`, { p: policy(...statements) }).accessKey)
}

function item(key: string, more = {}) {
  return { TableName: 'access', Item: { pk: { S: key }, ...more } }
}

function key(text: string) {
  return { TableName: 'access', Key: { pk: { S: text } } }
}

beforeAll(async () => {
  const tls = await createTlsMaterial()
  ca = tls.ca
  const write = (entry: JournalEntry) => journal.push(entry)
  dynamodb = await startDynamoDb({ tables, directory, accountId, region, clock, journal: write, tls, port: 0 })
  for (const tableName of ['access', 'other']) {
    await tables.create({
      tableName,
      keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      deletionProtection: tableName === 'access',
    })
  }
  owner = userWith({ Effect: 'Allow', Action: 'dynamodb:*', Resource: [arn, arn.replace('access', 'none')] })
})

afterAll(async () => {
  for (const one of clients) one.destroy()
  await dynamodb.close()
  await tables.close()
})

describe('tables', () => {
  it('keep items, and write under conditions', async () => {
    await owner.send(new PutItemCommand(item('user#alice', { version: { N: '1' } })))
    const condition = {
      ConditionExpression: '#v = :v',
      ExpressionAttributeNames: { '#v': 'version' },
      ExpressionAttributeValues: { ':v': { N: '1' } },
    }
    await owner.send(new PutItemCommand({ ...item('user#alice', { version: { N: '2' } }), ...condition }))
    await expect(
      owner.send(new PutItemCommand({ ...item('user#alice', { version: { N: '3' } }), ...condition })),
    ).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    const { Item } = await owner.send(new GetItemCommand({ ...key('user#alice'), ConsistentRead: true }))
    expect(Item).toEqual({ pk: { S: 'user#alice' }, version: { N: '2' } })
    await owner.send(new DeleteItemCommand(key('user#alice')))
    expect((await owner.send(new GetItemCommand(key('user#alice')))).Item).toBeUndefined()
    const { Table } = await owner.send(new DescribeTableCommand({ TableName: 'access' }))
    expect(Table).toMatchObject({ TableArn: arn, TableStatus: 'ACTIVE' })
  })

  it('say what is wrong with a request, and what they do not have', async () => {
    await expect(
      owner.send(new GetItemCommand({ TableName: 'access', Key: { id: { S: 'a' } } })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(owner.send(new GetItemCommand({ ...key('a'), TableName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    await expect(owner.send(new ListBackupsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('The stand-in supports BatchGetItem'),
    })
  })

  it('can be deleted by a caller with permission, unless they are protected', async () => {
    const whole = { Effect: 'Allow', Action: ['dynamodb:DeleteTable', 'dynamodb:DescribeTable'], Resource: '*' }
    const cleaner = userWith(whole, { ...whole, Action: 'dynamodb:ListTables' })
    const TableName = 'by-hand'
    await tables.create({
      tableName: TableName,
      keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      deletionProtection: true,
    })
    const named = async () => (await cleaner.send(new ListTablesCommand({}))).TableNames
    expect(await named()).toContain(TableName)
    await expect(cleaner.send(new DeleteTableCommand({ TableName }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('Disable deletion protection first.'),
    })
    const unprotect = new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false })
    await expect(cleaner.send(unprotect)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const keeper = userWith(whole, { ...whole, Action: 'dynamodb:UpdateTable' })
    await expect(keeper.send(new ListTablesCommand({}))).rejects.toMatchObject({ name: 'AccessDeniedException' })
    await expect(keeper.send(new UpdateTableCommand({ TableName, TableClass: 'STANDARD' }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining('not TableClass'),
    })
    const { TableDescription } = await keeper.send(unprotect)
    expect(TableDescription).toMatchObject({ TableName, DeletionProtectionEnabled: false })
    const { Table } = await keeper.send(new DescribeTableCommand({ TableName }))
    expect(Table?.DeletionProtectionEnabled).toBe(false)
    await cleaner.send(new DeleteTableCommand({ TableName }))
    expect(await named()).not.toContain(TableName)
    for (const command of [new DescribeTableCommand({ TableName }), new DeleteTableCommand({ TableName })]) {
      await expect(cleaner.send(command as DescribeTableCommand)).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      })
    }
  })

  it('that are protected are not deleted; others are', async () => {
    await expect(tables.delete('access')).rejects.toMatchObject({ code: 'ValidationException' })
    await tables.delete('other')
    expect(tables.names()).toEqual(['access'])
  })
})

describe('IAM', () => {
  const own = {
    Effect: 'Allow',
    Action: ['dynamodb:PutItem', 'dynamodb:DeleteItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
    Resource: arn,
    Condition: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['user#check'] } },
  }
  const batch = (...keys: string[]) =>
    new BatchGetItemCommand({ RequestItems: { access: { Keys: keys.map((text) => ({ pk: { S: text } })) } } })

  it('a condition on leading keys allows that key and no other, in single requests and in batches', async () => {
    const check = userWith(own)
    const denied = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } }
    await check.send(new PutItemCommand(item('user#check')))
    await check.send(new UpdateItemCommand(key('user#check')))
    expect((await check.send(batch('user#check'))).Responses?.access).toHaveLength(1)
    await expect(check.send(new PutItemCommand(item('user#alice')))).rejects.toMatchObject(denied)
    await expect(check.send(new UpdateItemCommand(key('user#alice')))).rejects.toMatchObject(denied)
    await expect(check.send(batch('user#check', 'user#alice'))).rejects.toMatchObject(denied)
    await expect(check.send(new DeleteItemCommand(key('user#check2')))).rejects.toMatchObject(denied)
    await check.send(new DeleteItemCommand(key('user#check')))
    await expect(check.send(new GetItemCommand(key('user#check')))).rejects.toMatchObject({
      ...denied,
      message: expect.stringMatching(
        /^User: arn:aws:iam::123456789012:user\/user\d+ is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:eu-west-1:123456789012:table\/access because no identity-based policy allows/u,
      ),
    })
    expect(journal.at(-1)).toMatchObject({ service: 'dynamodb', event: 'GetItem', outcome: 'refused' })
  })

  it('a batch is refused as a whole when one of its tables is not allowed', async () => {
    const write = (table: string) => ({ [table]: [{ PutRequest: { Item: { pk: { S: 'x' } } } }] })
    const reader = userWith({ Effect: 'Allow', Action: ['dynamodb:BatchWriteItem'], Resource: arn })
    await expect(
      reader.send(new BatchWriteItemCommand({ RequestItems: { ...write('access'), ...write('none') } })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' })
    expect((await owner.send(new GetItemCommand(key('x')))).Item).toBeUndefined()
    await reader.send(new BatchWriteItemCommand({ RequestItems: write('access') }))
    expect((await owner.send(new GetItemCommand(key('x')))).Item).toBeDefined()
  })

  it('what is not modelled about attributes allows nothing', async () => {
    const Condition = { 'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'a'] } }
    const narrow = userWith({ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn, Condition })
    await expect(narrow.send(new GetItemCommand(key('x')))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  })

  it.each([
    ['a wrong secret', { secretAccessKey: 'guess' }, 'InvalidSignatureException'],
    ['an unknown key', { accessKeyId: 'AKIANOBODYNOBODYNOBO' }, 'UnrecognizedClientException'],
  ])('%s is refused', async (_, change, name) => {
    const { accessKey } = directory.createUser(`forger-${name}`, {
      p: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
    })
    await client(accessKey).send(new ScanCommand({ TableName: 'access' }))
    await expect(
      client({ ...accessKey, ...change }).send(new ScanCommand({ TableName: 'access' })),
    ).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  })

  it('the scope of another Region or service is refused', async () => {
    const { accessKey } = directory.createUser('traveller', {
      p: policy({ Effect: 'Allow', Action: '*', Resource: '*' }),
    })
    await expect(
      client(accessKey, { region: 'eu-west-2' }).send(new ScanCommand({ TableName: 'access' })),
    ).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  })
})

describe('faults', () => {
  it('throttle, fail, leave keys unprocessed, garble and lose answers, each as often as asked', async () => {
    const scan = () => owner.send(new ScanCommand({ TableName: 'access' }))
    dynamodb.faults.throttle(1)
    await expect(scan()).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
    dynamodb.faults.fail(1)
    await expect(scan()).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } })
    dynamodb.faults.garble(1)
    await expect(scan()).rejects.toThrow()
    await scan()

    dynamodb.faults.leaveUnprocessed(1)
    const ask = new BatchGetItemCommand({
      RequestItems: { access: { Keys: [{ pk: { S: 'x' } }, { pk: { S: 'y' } }], ConsistentRead: true } },
    })
    const { Responses, UnprocessedKeys } = await owner.send(ask)
    expect(Responses?.access).toEqual([{ pk: { S: 'x' } }])
    expect(UnprocessedKeys).toEqual({ access: { Keys: [{ pk: { S: 'y' } }], ConsistentRead: true } })
    expect((await owner.send(ask)).UnprocessedKeys).toEqual({})

    dynamodb.faults.loseAnswers(1)
    await expect(owner.send(new PutItemCommand(item('lost')))).rejects.toThrow()
    expect((await owner.send(new GetItemCommand(key('lost')))).Item).toBeDefined()
  })
})
