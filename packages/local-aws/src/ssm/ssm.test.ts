import { GetParameterCommand, GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { AccessKey } from '../iam/index.js'
import { openDeployments, type TestDeployments } from '../testing/deployments.js'

const name = '/cdk-bootstrap/hnb659fds/version'
let account: TestDeployments
beforeAll(async () => {
  account = await openDeployments()
})
afterAll(async () => account[Symbol.asyncDispose]())

function admin() {
  return account.clients(account.aws.directory.userKey('admin') as AccessKey).ssm
}

it('gives the version of the bootstrap', async () => {
  const { Parameter } = await admin().send(new GetParameterCommand({ Name: name }))
  expect(Parameter).toMatchObject({ Name: name, Type: 'String', Value: '33', Version: 1 })
  const { Parameters, InvalidParameters } = await admin().send(new GetParametersCommand({ Names: [name, '/none'] }))
  expect([Parameters?.map(({ Value }) => Value), InvalidParameters]).toEqual([['33'], ['/none']])
})

it('refuses a caller without the permission', async () => {
  await expect(
    account.clients(account.aws.developer).ssm.send(new GetParameterCommand({ Name: name })),
  ).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'ssm:GetParameter on resource: arn:aws:ssm:eu-west-1:123456789012:parameter/cdk-bootstrap',
    ),
  })
  await expect(admin().send(new GetParameterCommand({ Name: '/none' }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  })
})

it('says which operations there are', async () => {
  const put = new PutParameterCommand({ Name: '/mine', Value: 'x', Type: 'String' })
  await expect(admin().send(put)).rejects.toMatchObject({
    name: 'UnknownOperationException',
    message: expect.stringContaining('GetParameter and GetParameters'),
  })
})
