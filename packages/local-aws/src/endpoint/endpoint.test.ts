import { Agent } from 'node:https'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../testing/deployments.js'
import { send } from '../testing/https-client.js'

let account: TestDeployments
beforeAll(async () => {
  account = await openDeployments()
})
afterAll(async () => account[Symbol.asyncDispose]())

function settings(key = account.aws.operator) {
  const { aws } = account
  const { accessKeyId, secretAccessKey } = key
  return {
    region: aws.region,
    endpoint: aws.endpoints.endpoint,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca: aws.ca }) },
  }
}

it('answers for every service that a signature may be for', async () => {
  const sts = new STSClient(settings())
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Arn: expect.stringMatching(/user\/operator$/u),
  })
  const iam = new IAMClient(settings())
  const RoleName = 'cdk-hnb659fds-deploy-role-123456789012-eu-west-1'
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['default'])
})

it('refuses a service that is not modelled by its name, so that nothing reaches AWS', async () => {
  const dynamodb = new DynamoDBClient(settings())
  await expect(dynamodb.send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringMatching(
      /does not model the service dynamodb \(DynamoDB_20120810\.ListTables\)\. It has cloudformation, iam, lambda, s3, ssm, sts\./u,
    ),
  })
  expect(account.journal).toContainEqual(
    expect.objectContaining({ service: 'local', event: 'unknown service', outcome: 'refused' }),
  )
})

it('verifies signatures', async () => {
  const wrong = { ...account.aws.operator, secretAccessKey: 'guessed' }
  await expect(new STSClient(settings(wrong)).send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
    name: 'SignatureDoesNotMatch',
  })
})

it('takes an answer of a custom resource once, and only where one is awaited', async () => {
  const { aws } = account
  const url = `${aws.endpoints.endpoint}/_local/custom-resource/`
  const put = (token: string) => send(aws.ca, `${url}${token}`, { method: 'PUT', body: '{"Status":"SUCCESS"}' })
  expect(await put('00000000-0000-4000-8000-000000000000')).toMatchObject({ status: 403 })
})
