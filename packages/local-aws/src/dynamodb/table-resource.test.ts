import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startLocalAws } from '../local-aws.js'
import { httpApi, lambdaFunction, lambdaRole, type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { send } from '../testing/https-client.js'

/** A function that reads the table that its template names, with the stock SDK. */
const reader = `
  import { createRequire } from 'node:module'
  const { DynamoDBClient, GetItemCommand } = createRequire(import.meta.url)(process.env.SDK)
  const client = new DynamoDBClient({ maxAttempts: 1 })
  export const handler = async ({ body }) => {
    try {
      const { Item } = await client.send(new GetItemCommand({ TableName: process.env.TABLE, Key: { pk: { S: body } } }))
      return { item: Item ?? null }
    } catch ({ name }) {
      return { name }
    }
  }`

const allowed = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['open'] } }
const read = {
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: { 'Fn::GetAtt': ['Table', 'Arn'] },
  Condition: allowed,
}

function template(change: object = {}) {
  return {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          ...change,
        },
      },
      ReaderRole: lambdaRole({ read: [read] }),
      Reader: lambdaFunction('reader', 'ReaderRole', {
        Environment: {
          Variables: {
            TABLE: { Ref: 'Table' },
            SDK: createRequire(import.meta.url).resolve('@aws-sdk/client-dynamodb'),
          },
        },
      }),
      ...httpApi('Reader', { 'POST /read': {} }),
    },
    Outputs: { Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/read' } }, Table: { Value: { Ref: 'Table' } } },
  }
}

describe('AWS::DynamoDB::Table', () => {
  let assembly: TestAssembly
  beforeAll(async () => {
    assembly = await writeAssembly(template(), { reader })
  })
  afterAll(async () => assembly[Symbol.asyncDispose]())

  it('is there for functions, within their roles’ rights, and for operators', async () => {
    await using aws = await startLocalAws({ assembly: assembly.directory })
    const { Url = '', Table = '' } = aws.outputs.Test ?? {}
    const { accessKeyId, secretAccessKey } = aws.operator
    const dynamodb = new DynamoDBClient({
      region: aws.region,
      endpoint: String(aws.endpoints.dynamodb),
      credentials: { accessKeyId, secretAccessKey },
      requestHandler: { httpsAgent: new Agent({ ca: readFileSync(aws.caFile) }) },
    })
    for (const name of ['open', 'closed']) {
      await dynamodb.send(new PutItemCommand({ TableName: Table, Item: { pk: { S: name } } }))
    }
    dynamodb.destroy()
    const ask = async (body: string) =>
      JSON.parse((await send(aws.ca, Url, { method: 'POST', headers: { 'content-type': 'text/plain' }, body })).body)
    expect(await ask('open')).toEqual({ item: { pk: { S: 'open' } } })
    expect(await ask('closed')).toEqual({ name: 'AccessDeniedException' })
  })

  it.each([
    [{ BillingMode: 'PROVISIONED' }, /only supports on-demand tables, not PROVISIONED/u],
    [{ GlobalSecondaryIndexes: [] }, /does not model the property GlobalSecondaryIndexes/u],
    [{ KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] }, /Table: .*(id|Key)/u],
  ])('%j is refused by name', async (change, message) => {
    await using other = await writeAssembly(template(change), { reader })
    await expect(startLocalAws({ assembly: other.directory })).rejects.toThrow(message)
  })

  it('nothing of it is started where a template has none', async () => {
    await using none = await writeAssembly({ Resources: { Log: { Type: 'AWS::Logs::LogGroup' } } })
    await using aws = await startLocalAws({ assembly: none.directory })
    expect([aws.endpoints.dynamodb, aws.faults.dynamodb]).toEqual([undefined, undefined])
  })
})
