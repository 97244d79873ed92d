import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openCdk, type TestCdk } from '../testing/cdk.js'
import { changeTemplate } from '../testing/changed-assembly.js'

/** Our construct in an app with other resources, deployed with the CDK's command line: unsupported resource types, names in use. */
const never = ['--require-approval', 'never'] as const

/** The app's stack with a queue. */
async function withQueue(account: TestCdk): Promise<string> {
  const assembly = await account.synthesize({ rateLimit: '8' })
  await changeTemplate(assembly, (resources) => {
    resources.Queue = { Type: 'AWS::SQS::Queue' }
  })
  return assembly
}

describe('a stack with resources that the stand-in does not know', () => {
  it('is refused by their names, before anything is made', async () => {
    await using account = await openCdk()
    const { code, output } = await account.cdk('deploy', '--app', await withQueue(account), ...never)
    expect(code).toBe(1)
    expect(output).toContain('the stand-in does not model resources of type AWS::SQS::Queue (Queue)')
    expect(output).toContain('With --ignore-unknown they are skipped')
    expect([account.aws.stacks, [...account.aws.functions.keys()]]).toEqual([[], []])
  })

  it('is deployed without them on demand, which the events say, and vends', async () => {
    await using account = await openCdk({ ignoreUnknown: true })
    const assembly = await withQueue(account)
    const { code, output } = await account.cdk('deploy', '--app', assembly, ...never)
    expect([code, output]).toEqual([
      0,
      expect.stringMatching(/CREATE_COMPLETE +\| AWS::SQS::Queue .*Skipped: the stand-in does not model/u),
    ])
    expect((await account.vend()).status).toBe(200)
    expect((await account.cdk('destroy', '--force', '--app', assembly)).code).toBe(0)
  })
})

describe('a second stack', () => {
  let account: TestCdk
  beforeAll(async () => {
    account = await openCdk()
    const first = await account.cdk('deploy', '--app', await account.synthesize(), ...never)
    if (first.code !== 0) throw new Error(first.output)
  })
  afterAll(async () => account[Symbol.asyncDispose]())

  // AWS's own events of such a deployment: https://github.com/aws-samples/dataops-platform-airflow-dbt/issues/1
  it('with the role name of the first one fails at it, is taken back, and leaves the first one as it was', async () => {
    const assembly = await account.synthesize({ stackName: 'Second', roleName: 'sts-sample-role' })
    const { code, output } = await account.cdk('deploy', '--app', assembly, ...never)
    expect(code).toBe(1)
    expect(output).toMatch(/CREATE_FAILED +\| AWS::IAM::Role .*sts-sample-role.*already exists/u)
    expect(output).toMatch(/ROLLBACK_COMPLETE? +\| AWS::CloudFormation::Stack/u)
    expect((await account.vend()).status).toBe(200)
    expect(account.aws.directory.role('sts-sample-role')).toBeDefined()
  })

  it('with names of its own stands beside it, after the failed one was deleted by the CDK', async () => {
    const assembly = await account.synthesize({ stackName: 'Second' })
    const { code, output } = await account.cdk('deploy', '--app', assembly, ...never)
    expect([code, output]).toEqual([0, expect.stringMatching(/✅ {2}Second/u)])
    expect(account.aws.stacks.map(({ stackName }) => stackName).sort()).toEqual(['Second', 'TopicCredentials'])
    expect((await account.vend()).status).toBe(200)
    expect((await account.cdk('destroy', '--force', '--app', assembly)).code).toBe(0)
    expect((await account.vend()).status).toBe(200)
  })
})
