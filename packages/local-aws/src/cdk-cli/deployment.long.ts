import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { authorize } from '../iam/index.js'
import { openCdk, type TestCdk } from '../testing/cdk.js'

/** Deploys, changes and destroys the app of this repository with the CDK's own command line. One account; in this order. */
let account: TestCdk
let plain: string
beforeAll(async () => {
  account = await openCdk()
  plain = await account.synthesize()
})
afterAll(async () => account[Symbol.asyncDispose]())

const never = ['--require-approval', 'never'] as const

/** Whether a session may publish there now. */
function mayPublish(accessKeyId: string, topic: string): boolean {
  const { region, accountId, directory } = account.aws
  const principal = directory.accessKey(accessKeyId)?.principal
  if (principal === undefined) return false
  const resource = `arn:aws:iot:${region}:${accountId}:topic/${topic}`
  return authorize(principal, { action: 'iot:Publish', resource }).outcome === 'Allowed'
}

function roleName(): string | undefined {
  return account.aws.outputs.TopicCredentials?.RoleArn?.split('/').at(-1)
}

describe('cdk deploy', () => {
  it('shows a first deployment in its diff, and creates nothing by that', async () => {
    const { code, output } = await account.cdk('diff', '--app', plain)
    expect([code, output]).toEqual([0, expect.stringMatching(/Number of stacks with differences: 1/u)])
    expect(account.aws.stacks).toEqual([])
  })

  it('asks before it widens IAM, and ends without a terminal to ask at', async () => {
    const { code, output } = await account.cdk('deploy', '--app', plain)
    expect(code).toBe(1)
    expect(output).toMatch(/terminal \(TTY\) is not attached/u)
    expect(account.aws.stacks).toEqual([])
  })

  it('creates the stack, whose check passes, and writes the outputs', async () => {
    const outputs = join(account.folder, 'outputs.json')
    const { code, output } = await account.cdk('deploy', '--app', plain, ...never, '--outputs-file', outputs)
    expect([code, output]).toEqual([0, expect.stringMatching(/✅ {2}TopicCredentials/u)])
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    expect(output).toMatch(/CREATE_COMPLETE +\| Custom::Trigger/u)
    expect((await account.vend()).status).toBe(200)
  })

  it('changes nothing where nothing has changed', async () => {
    const { code, output } = await account.cdk('deploy', '--app', plain, ...never)
    expect([code, output]).toEqual([0, expect.stringMatching(/TopicCredentials \(no changes\)/u)])
  })

  it('takes from live sessions what the entitlements do not give any more', async () => {
    const wide = join(account.folder, 'wide.json')
    const narrow = join(account.folder, 'narrow.json')
    const both = [
      { publish: ['test', 'extra'], subscribe: ['test'] },
      { publish: ['users/${userId}/#'], subscribe: ['users/${userId}/#'] },
    ]
    await writeFile(wide, JSON.stringify({ entitlements: both }))
    await writeFile(narrow, JSON.stringify({ entitlements: [{ publish: ['test'], subscribe: ['test'] }, both[1]] }))
    const deploy = async (entitlements: string) =>
      (await account.cdk('deploy', '--app', await account.synthesize({ entitlements }), ...never)).code
    expect(await deploy(wide)).toBe(0)
    const { accessKeyId } = await account.vend()
    expect([mayPublish(accessKeyId, 'extra'), mayPublish(accessKeyId, 'test')]).toEqual([true, true])
    expect(await deploy(narrow)).toBe(0)
    expect([mayPublish(accessKeyId, 'extra'), mayPublish(accessKeyId, 'test')]).toEqual([false, true])
  })

  it('replaces the role where its name is another one; the diff said so', async () => {
    const renamed = await account.synthesize({ roleName: 'topics' })
    const diff = await account.cdk('diff', '--app', renamed)
    expect(diff.output).toMatch(/AWS::IAM::Role .*TopicRole.* replace/u)
    const { code, output } = await account.cdk('deploy', '--app', renamed, ...never)
    expect(code).toBe(0)
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    expect(output).toMatch(/Requested update requires the creation of a new physical resource; hence creating one\./u)
    const cleanUp = output.slice(output.indexOf('UPDATE_COMPLETE_CLEANUP'))
    expect(cleanUp).toMatch(/DELETE_COMPLETE +\| AWS::IAM::Role/u)
    expect([roleName(), account.aws.directory.role('sts-sample-role')]).toEqual(['topics', undefined])
    expect((await account.vend()).status).toBe(200)
    expect((await account.cdk('deploy', '--app', plain, ...never)).code).toBe(0)
    expect(roleName()).toBe('sts-sample-role')
  })
})

describe('a deployment whose check fails', () => {
  it('is taken back, and the old stack vends as before', async () => {
    const { aws } = account
    const before = aws.outputs.TopicCredentials
    const role = aws.directory.role('sts-sample-role')
    const trust = aws.directory.policyText(role?.trustPolicy as never)
    // Widened by hand: the check must detect it.
    aws.directory.updateAssumeRolePolicy('sts-sample-role', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }],
    })
    const changed = await account.synthesize({ rateLimit: '7' })
    const { code, output } = await account.cdk('deploy', '--app', changed, ...never)
    aws.directory.updateAssumeRolePolicy('sts-sample-role', trust)
    expect(code).toBe(1)
    // The words: https://github.com/cloudcomponents/cdk-constructs/issues/197; the order: https://github.com/aws/aws-cdk/issues/17040
    expect(output).toMatch(/(CREATE|UPDATE)_FAILED +\| Custom::Trigger/u)
    expect(output).toMatch(/Received response status \[FAILED\] from custom resource/u)
    expect(output).toMatch(/UPDATE_ROLLBACK_COMPLET +\| AWS::CloudFormation::Stack/u)
    expect(aws.outputs.TopicCredentials).toEqual(before)
    expect((await account.vend()).status).toBe(200)
    expect((await account.cdk('deploy', '--app', plain, ...never)).output).toMatch(/✅/u)
  })
})

describe('cdk destroy', () => {
  it('fails where users are revoked, until that is cleared', async () => {
    const program = new URL('../../../revocation/dist/cli/main.js', import.meta.url).pathname
    const done = await account.run(program, 'auth0|mallory')
    expect([done.code, done.output]).toEqual([0, expect.stringContaining('Revoked')])
    const failed = await account.cdk('destroy', '--force', '--app', plain)
    // https://github.com/serverless/serverless/issues/9144, https://github.com/convox/rack/issues/2672
    expect([failed.code, failed.output]).toEqual([
      1,
      expect.stringMatching(/Cannot delete entity, must delete policies first/u),
    ])
    const cleared = await account.run(program, '--clear')
    expect([cleared.code, cleared.output]).toEqual([0, expect.stringContaining('Cleared')])
    expect((await account.cdk('destroy', '--force', '--app', plain)).code).toBe(0)
    expect(account.aws.stacks).toEqual([])
  })

  it('leaves nothing but log groups, and a new deployment is free to begin', async () => {
    const { aws } = account
    expect([...aws.functions.keys()]).toEqual([])
    expect(aws.directory.role('sts-sample-role')).toBeUndefined()
    expect((await account.cdk('deploy', '--app', plain, ...never)).code).toBe(0)
    expect((await account.cdk('destroy', '--force', '--app', plain)).code).toBe(0)
    expect(aws.stacks).toEqual([])
  })
})
