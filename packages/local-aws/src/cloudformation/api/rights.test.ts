import {
  CreateChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AccessKey, Role } from '../../iam/index.js'
import { openDeployments, type TestDeployments } from '../../testing/deployments.js'
import { logGroup, serviceRole } from '../../testing/template-parts.js'

let account: TestDeployments
let deployer: AccessKey
beforeAll(async () => {
  account = await openDeployments()
  deployer = session('deploy')
})
afterAll(async () => account[Symbol.asyncDispose]())

const place = '123456789012-eu-west-1'
const bucket = `cdk-hnb659fds-assets-${place}`
const executionRole = `arn:aws:iam::123456789012:role/cdk-hnb659fds-cfn-exec-role-${place}`
const templateBody = JSON.stringify({ Resources: { Log: logGroup() } })

/** A session of a role that the bootstrap has made. */
function session(name: string): AccessKey {
  const role = account.aws.directory.role(`cdk-hnb659fds-${name}-role-${place}`) as Role
  return account.aws.directory.addSession({ role, sessionName: 'test', durationSeconds: 900 })
}

function creation(more: object): CreateChangeSetCommand {
  return new CreateChangeSetCommand({
    StackName: 'Test',
    ChangeSetName: 'test',
    ChangeSetType: 'CREATE',
    Capabilities: ['CAPABILITY_IAM'],
    ...more,
  })
}

describe('the rights to deploy', () => {
  it('are those of the role that the bootstrap has made', async () => {
    const { cloudformation } = account.clients(deployer)
    expect(await cloudformation.send(creation({ TemplateBody: templateBody, RoleARN: executionRole }))).toMatchObject({
      StackId: expect.stringMatching(/:stack\/Test\//u),
    })
    expect((await cloudformation.send(new DescribeStacksCommand({ StackName: 'Test' }))).Stacks).toMatchObject([
      { StackStatus: 'REVIEW_IN_PROGRESS' },
    ])
  })

  it('may pass the execution role, and no other', async () => {
    const { cloudformation } = account.clients(deployer)
    const other = account.aws.directory.createRole({
      roleName: 'other',
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
    })
    await expect(
      cloudformation.send(creation({ ChangeSetName: 'other', TemplateBody: templateBody, RoleARN: other.arn })),
    ).rejects.toMatchObject({ name: 'AccessDenied', message: expect.stringContaining('iam:PassRole') })
    // A role that does not trust CloudFormation is refused too.
    await expect(
      account.cloudformation.send(
        creation({
          ChangeSetName: 'deploy',
          TemplateBody: templateBody,
          RoleARN: executionRole.replace('cfn-exec', 'deploy'),
        }),
      ),
    ).rejects.toThrow(/is invalid or cannot be assumed/u)
  })

  it.each(['lookup', 'file-publishing'])('are not the %s role’s', async (name) => {
    const { cloudformation } = account.clients(session(name))
    await expect(
      cloudformation.send(creation({ ChangeSetName: name, TemplateBody: templateBody })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })

  it('are not the developer’s own, who may assume the roles', async () => {
    const { cloudformation } = account.clients(account.aws.developer)
    await expect(cloudformation.send(new ListStacksCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
    await expect(
      cloudformation.send(creation({ ChangeSetName: 'mine', TemplateBody: templateBody })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })

  it('reach what the execution role may: its policies decide about each resource', async () => {
    const Statement = [{ Effect: 'Allow', Action: 'logs:*', Resource: '*' }]
    const narrow = account.aws.directory.createRole({
      roleName: 'narrow',
      trustPolicy: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' }, Action: 'sts:AssumeRole' },
        ],
      },
      inlinePolicies: { logs: { Version: '2012-10-17', Statement } },
    })
    const deploying = (resources: object, stackName: string) =>
      account.deploy({ Resources: resources }, { stackName, roleArn: narrow.arn })
    expect((await deploying({ Log: logGroup() }, 'Logs')).status).toBe('CREATE_COMPLETE')
    expect((await deploying({ Role: serviceRole() }, 'Roles')).status).toBe('ROLLBACK_COMPLETE')
    expect(await account.events('Roles')).toContainEqual(
      expect.stringMatching(
        /^Role CREATE_FAILED .*User: arn:aws:sts::123456789012:assumed-role\/narrow\/AWSCloudFormation is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::123456789012:role\/Roles-Role-/u,
      ),
    )
  })
})

describe('a template in a bucket', () => {
  it('is read with the caller’s rights', async () => {
    const { s3 } = account.clients(session('file-publishing'))
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'template.json', Body: templateBody }))
    const TemplateURL = `https://localhost/${bucket}/template.json`
    const { cloudformation } = account.clients(deployer)
    await cloudformation.send(creation({ StackName: 'Uploaded', TemplateURL }))
    const { TemplateBody: read } = await cloudformation.send(new GetTemplateCommand({ StackName: 'Uploaded' }))
    expect(read).toBe('{}')
    account.aws.createUser('blind', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cloudformation:*', Resource: '*' }],
    })
    const blind = account.clients(account.aws.directory.userKey('blind') as AccessKey)
    await expect(blind.cloudformation.send(creation({ StackName: 'Blind', TemplateURL }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringContaining('s3:GetObject'),
    })
  })

  it('is returned with question marks for characters outside ASCII', async () => {
    await account.deploy({ Description: 'one’s own', Resources: { Log: logGroup() } }, { stackName: 'Quoted' })
    const { TemplateBody: read } = await account.cloudformation.send(new GetTemplateCommand({ StackName: 'Quoted' }))
    expect(read).toContain('"one?s own"')
  })
})
