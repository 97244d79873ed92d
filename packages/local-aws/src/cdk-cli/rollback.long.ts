import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { lambdaRole, type TestAssembly, writeAssembly } from '../testing/assembly.js'
import { openCdk, type TestCdk } from '../testing/cdk.js'
import { openedAssembly, openTrust } from '../testing/changed-assembly.js'
import { customResource, inlineFunction, provider } from '../testing/template-parts.js'

// Twenty deployments by the CDK's command line, which looks at each every other second.
jest.setTimeout(1_200_000)

let account: TestCdk
let plain: string
beforeAll(async () => {
  account = await openCdk()
  plain = await account.synthesize()
})
afterAll(async () => account[Symbol.asyncDispose]())

const never = ['--require-approval', 'never'] as const
const roleName = 'sts-sample-role'

/** Opens the trust policy of the topic role manually, which the check must detect. Returns how to restore it. */
function openByHand(): () => void {
  const { directory } = account.aws
  const before = directory.policyText(directory.role(roleName)?.trustPolicy as never)
  directory.updateAssumeRolePolicy(roleName, openTrust)
  return () => directory.updateAssumeRolePolicy(roleName, before)
}

/** For the bootstrapped account, as the CDK's default synthesizer writes it. */
async function assembly(written: object): Promise<TestAssembly> {
  const { accountId, region } = account.aws
  const made = await writeAssembly(written, {}, `aws://${accountId}/${region}`)
  const role = (name: string) => `arn:aws:iam::${accountId}:role/cdk-hnb659fds-${name}-role-${accountId}-${region}`
  const file = join(made.directory, 'manifest.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as { artifacts: { Test: { properties: object } } }
  Object.assign(manifest.artifacts.Test.properties, {
    assumeRoleArn: role('deploy'),
    cloudFormationExecutionRoleArn: role('cfn-exec'),
    requiresBootstrapStackVersion: 6,
    bootstrapStackVersionSsmParameter: '/cdk-bootstrap/hnb659fds/version',
  })
  await writeFile(file, JSON.stringify(manifest))
  return made
}

describe('an update whose check fails', () => {
  it('is rolled back and the stack vends as before, ten times in a row: after a faulty template, and after a manually opened trust policy', async () => {
    expect((await account.cdk('deploy', '--app', plain, ...never)).code).toBe(0)
    const { outputs } = account.aws
    const changed = await account.synthesize({ rateLimit: '7' })
    const opened = await openedAssembly(account, roleName, { rateLimit: '8' })
    for (let round = 1; round <= 10; round++) {
      const byHand = round % 2 === 0
      // It stays open while everything is taken back.
      const close = byHand ? openByHand() : () => {}
      const { code, output } = await account.cdk('deploy', '--app', byHand ? changed : opened, ...never)
      close()
      expect([round, code]).toEqual([round, 1])
      expect(output).toMatch(/CREATE_FAILED +\| Custom::Trigger/u)
      expect(output).not.toMatch(/UPDATE_(?:IN_PROGRESS|FAILED) +\| Custom::Trigger/u)
      expect(account.aws.stacks.map(({ stackName }) => stackName)).toEqual(['TopicCredentials'])
      expect(output).toMatch(/UPDATE_ROLLBACK_COMPLET +\| AWS::CloudFormation::Stack/u)
      expect(account.aws.outputs).toEqual(outputs)
      expect((await account.vend()).status).toBe(200)
    }
    const { output } = await account.cdk('deploy', '--app', plain, ...never)
    expect(output).toMatch(/✅ {2}TopicCredentials/u)
  })

  it('that is to stay as it failed is taken back by cdk rollback', async () => {
    const changed = await account.synthesize({ rateLimit: '9' })
    const close = openByHand()
    const failed = await account.cdk('deploy', '--app', changed, ...never, '--no-rollback')
    expect([failed.code, failed.output]).toEqual([1, expect.stringMatching(/UPDATE_FAILED/u)])
    const { code, output } = await account.cdk('rollback', '--app', changed)
    close()
    expect([code, output]).toEqual([0, expect.stringMatching(/UPDATE_ROLLBACK_COMPLET/u)])
    expect((await account.vend()).status).toBe(200)
    expect((await account.cdk('deploy', '--app', plain, ...never)).code).toBe(0)
  })
})

describe('a stack whose rollback fails', () => {
  /** Fails when it is updated, and when it is updated back. */
  const template = (properties: object, more: object = {}) => ({
    Resources: { ...inlineFunction('Provider', provider), Thing: customResource(properties), ...more },
  })

  it('is reported, and is resolved with cdk rollback --orphan', async () => {
    await using first = await assembly(template({ Fail: 'Update', Value: '1' }))
    const broken = { ...customResource({ Fail: 'Create' }), DependsOn: 'Thing' }
    await using second = await assembly(template({ Value: '2' }, { Broken: broken }))
    expect((await account.cdk('deploy', '--app', first.directory, ...never)).code).toBe(0)
    const failed = await account.cdk('deploy', '--app', second.directory, ...never)
    expect([failed.code, failed.output]).toEqual([1, expect.stringMatching(/UPDATE_ROLLBACK_FAILED/u)])
    // It fails again: nothing has changed.
    const again = await account.cdk('rollback', '--app', second.directory)
    expect(again.output).toMatch(/UPDATE_ROLLBACK_FAILED/u)
    const left = await account.cdk('rollback', '--app', second.directory, '--orphan', 'Thing')
    expect([left.code, left.output]).toEqual([0, expect.stringMatching(/UPDATE_ROLLBACK_COMPLET/u)])
    expect((await account.cdk('destroy', '--force', '--app', first.directory)).code).toBe(0)
  })
})

describe('a first deployment that fails', () => {
  it('because another stack has the name of the role: it leaves nothing in the way, and another name goes', async () => {
    expect((await account.cdk('destroy', '--force', '--app', plain)).code).toBe(0)
    const { Type, Properties } = lambdaRole() as { Type: string; Properties: object }
    const taken = { Resources: { Role: { Type, Properties: { ...Properties, RoleName: roleName } } } }
    await using other = await assembly(taken)
    expect((await account.cdk('deploy', '--app', other.directory, ...never)).code).toBe(0)
    const failed = await account.cdk('deploy', '--app', plain, ...never)
    expect([failed.code, failed.output]).toEqual([1, expect.stringMatching(/already exists/u)])
    expect(failed.output).toMatch(/ROLLBACK_COMPLETE/u)
    const renamed = await account.synthesize({ roleName: 'topics' })
    const { code } = await account.cdk('deploy', '--app', renamed, ...never)
    expect([code, (await account.vend()).status]).toEqual([0, 200])
    expect(account.aws.directory.role(roleName)).toBeDefined()
    for (const app of [renamed, other.directory]) {
      expect((await account.cdk('destroy', '--force', '--app', app)).code).toBe(0)
    }
    expect(account.aws.stacks).toEqual([])
  })
})
