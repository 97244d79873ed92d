import { Agent } from 'node:https'
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ListTablesCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openCdk, type TestCdk } from '../testing/cdk.js'
import { changeTemplate, openedAssembly } from '../testing/changed-assembly.js'

/** What becomes of the access table, with the CDK's own command line and the words that it prints. One account; in this order. */
const never = ['--require-approval', 'never'] as const
const revoke = new URL('../../../revocation/dist/cli/main.js', import.meta.url).pathname
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
const skipped = /DELETE_SKIPPED +\| AWS::DynamoDB::Table +\| Credentials\/Access\/Table/u
let account: TestCdk
let plain: string
let admin: DynamoDBClient | undefined
beforeAll(async () => {
  account = await openCdk()
  plain = await account.synthesize()
})
afterAll(async () => {
  admin?.destroy()
  await account[Symbol.asyncDispose]()
})

/** A caller with all permissions for tables. */
function dynamodb(): DynamoDBClient {
  if (admin !== undefined) return admin
  const { aws } = account
  const { accessKeyId, secretAccessKey } = aws.createUser('admin', {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }],
  })
  admin = new DynamoDBClient({
    region: aws.region,
    endpoint: String(aws.endpoints.dynamodb),
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) },
  })
  return admin
}

async function tables(): Promise<readonly string[]> {
  return (await dynamodb().send(new ListTablesCommand({}))).TableNames ?? []
}

async function isProtected(TableName: string | undefined): Promise<boolean | undefined> {
  return (await dynamodb().send(new DescribeTableCommand({ TableName }))).Table?.DeletionProtectionEnabled
}

function ownTable(): string | undefined {
  return account.aws.outputs.TopicCredentials?.AccessTable
}

/** A command that has to succeed; its output. */
async function done(...words: string[]): Promise<string> {
  const { code, output } = await account.cdk(...words)
  if (code !== 0) throw new Error(`cdk ${words[0]} ended with ${code}:\n${output}`)
  return output
}

let ofFailed: readonly string[] = []

describe('the access table', () => {
  it('stays where a first deployment fails, and the command says so', async () => {
    const opened = await openedAssembly(account, 'sts-sample-role', { rateLimit: '8' })
    const { code, output } = await account.cdk('deploy', '--app', opened, ...never)
    expect([code, output]).toEqual([1, expect.stringMatching(skipped)])
    expect(output).toMatch(/CREATE_FAILED +\| Custom::Trigger/u)
    expect(output).toMatch(/ROLLBACK_COMPLETE? +\| AWS::CloudFormation::Stack/u)
    ofFailed = await tables()
    expect(ofFailed).toHaveLength(1)
    expect(await isProtected(ofFailed[0])).toBe(true)
  })

  it('does not stand in the way of the next deployment, which makes its own', async () => {
    await done('deploy', '--app', plain, ...never)
    expect(ofFailed).not.toContain(ownTable())
    expect([...(await tables())].sort()).toEqual([...ofFailed, ownTable()].sort())
    expect((await account.vend()).status).toBe(200)
  })

  it('stays where the stack is destroyed, and the command says so; a revocation is still in it', async () => {
    const table = ownTable()
    expect((await account.run(revoke, 'mallory')).code).toBe(0)
    const cleared = await account.run(revoke, '--clear')
    expect(cleared.code).toBe(0)
    const { code, output } = await account.cdk('destroy', '--force', '--app', plain)
    expect([code, output]).toEqual([0, expect.stringMatching(skipped)])
    expect(account.aws.stacks).toEqual([])
    expect(await tables()).toContain(table)
    expect(await isProtected(table)).toBe(true)
  })

  it('cannot be deleted while it is protected', async () => {
    for (const TableName of await tables()) {
      await expect(dynamodb().send(new DeleteTableCommand({ TableName }))).rejects.toThrow(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      )
      await dynamodb().send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
      await dynamodb().send(new DeleteTableCommand({ TableName }))
    }
    expect(await tables()).toEqual([])
  })

  it('is protected against a template that would delete it, and the command says so', async () => {
    await done('deploy', '--app', plain, ...never)
    const unkept = await account.synthesize({ rateLimit: '7' })
    await changeTemplate(unkept, (resources) => {
      for (const resource of Object.values(resources))
        if (resource.Type === 'AWS::DynamoDB::Table') resource.DeletionPolicy = 'Delete'
    })
    await done('deploy', '--app', unkept, ...never)
    const { code, output } = await account.cdk('destroy', '--force', '--app', unkept)
    expect(code).toBe(1)
    expect(output).toMatch(/DELETE_FAILED +\| AWS::DynamoDB::Table/u)
    expect(output).toMatch(/Resource cannot be deleted as it is currently protected against deletion/u)
    expect(await tables()).toHaveLength(1)
  })

  it('goes with the stack after -c keepTable=false has taken its protection', async () => {
    const [TableName] = await tables()
    await dynamodb().send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }))
    await done('destroy', '--force', '--app', plain)
    expect(await tables()).toEqual([])

    await done('deploy', '--app', plain, ...never)
    const table = ownTable()
    const unkept = await account.synthesize({ keepTable: 'false' })
    const diff = await account.cdk('diff', '--app', unkept)
    expect(diff.output).toMatch(/DeletionProtectionEnabled[\s\S]*\[-\] Retain[\s\S]*\[\+\] Delete/u)
    await done('deploy', '--app', unkept, ...never)
    expect([ownTable(), await isProtected(table)]).toEqual([table, false])
    const { code, output } = await account.cdk('destroy', '--force', '--app', unkept)
    expect([code, output]).toEqual([0, expect.stringMatching(/DELETE_COMPLETE +\| AWS::DynamoDB::Table/u)])
    expect(output).not.toMatch(/DELETE_SKIPPED +\| AWS::DynamoDB::Table/u)
    expect(await tables()).toEqual([])
  })
})
