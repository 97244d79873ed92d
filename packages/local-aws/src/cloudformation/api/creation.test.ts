import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../../testing/deployments.js'
import { customResource, inlineFunction, logGroup, provider, serviceRole } from '../../testing/template-parts.js'

let account: TestDeployments
beforeEach(async () => {
  account = await openDeployments()
})
afterEach(async () => account[Symbol.asyncDispose]())

describe('a stack', () => {
  it('is created in the order of what is needed, and says so as CloudFormation does', async () => {
    const Resources = { User: serviceRole({ Description: { 'Fn::Sub': 'writes to ${Log}' } }), Log: logGroup() }
    const { status, outputs } = await account.deploy({ Resources, Outputs: { Name: { Value: { Ref: 'Log' } } } })
    expect(status).toBe('CREATE_COMPLETE')
    expect(outputs.Name).toMatch(/^Test-Log-[0-9a-f]{12}$/u)
    // The forms of https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    expect(await account.events()).toEqual([
      'Test REVIEW_IN_PROGRESS User Initiated',
      'Test CREATE_IN_PROGRESS User Initiated',
      'Log CREATE_IN_PROGRESS',
      'Log CREATE_IN_PROGRESS Resource creation Initiated',
      'Log CREATE_COMPLETE',
      'User CREATE_IN_PROGRESS',
      'User CREATE_IN_PROGRESS Resource creation Initiated',
      'User CREATE_COMPLETE',
      'Test CREATE_COMPLETE',
    ])
  })

  it('is taken back when a resource cannot be created; what is to be retained stays', async () => {
    const Resources = {
      Kept: logGroup({}, { DeletionPolicy: 'Retain' }),
      KeptLater: logGroup({}, { DeletionPolicy: 'RetainExceptOnCreate' }),
      Role: serviceRole({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/None'] }),
    }
    expect((await account.deploy({ Resources })).status).toBe('ROLLBACK_COMPLETE')
    expect((await account.events()).slice(-7)).toEqual([
      'Role CREATE_FAILED Resource handler returned message: "Policy arn:aws:iam::aws:policy/None does not exist or is not attachable." (RequestToken: …, HandlerErrorCode: InvalidRequest)',
      // https://github.com/aws-samples/aws-serverless-workshops/issues/210
      'Test ROLLBACK_IN_PROGRESS The following resource(s) failed to create: [Role]. . Rollback requested by user.',
      'Role DELETE_COMPLETE',
      'KeptLater DELETE_IN_PROGRESS',
      'KeptLater DELETE_COMPLETE',
      'Kept DELETE_SKIPPED',
      'Test ROLLBACK_COMPLETE',
    ])
  })

  it('stays as it is where nothing is to be taken back', async () => {
    const Resources = { Log: logGroup(), Role: serviceRole({ RoleName: 'not a name' }) }
    expect((await account.deploy({ Resources }, { disableRollback: true })).status).toBe('CREATE_FAILED')
    expect((await account.deploy({ Resources: { ...Resources, Role: serviceRole() } })).status).toBe('UPDATE_COMPLETE')
  })

  it.each([
    ['AWS::IAM::Role', { Thing: serviceRole({ RoleName: 'taken' }) }],
    ['AWS::Logs::LogGroup', { Thing: logGroup({ LogGroupName: 'taken' }) }],
    ['AWS::CloudWatch::Alarm', { Thing: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'taken' } } }],
    ['AWS::Lambda::Function', inlineFunction('Thing', 'exports.handler = async () => 1', { FunctionName: 'taken' })],
  ])('cannot have a name that is taken: %s', async (type, resources) => {
    expect((await account.deploy({ Resources: resources })).status).toBe('CREATE_COMPLETE')
    const second = await account.deploy({ Resources: resources }, { stackName: 'Second' })
    expect(second.status).toBe('ROLLBACK_COMPLETE')
    expect(await account.events('Second')).toContain(
      `Thing CREATE_FAILED Resource handler returned message: "Resource of type '${type}' with identifier 'taken' already exists." (RequestToken: …, HandlerErrorCode: AlreadyExists)`,
    )
    // The first one's own is still there, and free when its stack has gone.
    expect(await account.destroy()).toBe('DELETE_COMPLETE')
    expect((await account.deploy({ Resources: resources }, { stackName: 'Third' })).status).toBe('CREATE_COMPLETE')
  })
})

describe('a custom resource', () => {
  it('receives Create, Update and Delete, with numbers and booleans as strings', async () => {
    const resources = (properties: object) => ({
      Resources: { ...inlineFunction('Provider', provider), Thing: customResource(properties) },
      Outputs: { Told: { Value: { 'Fn::GetAtt': ['Thing', 'Told'] } } },
    })
    expect((await account.deploy(resources({ Number: 1, Nested: { Flag: true } }))).outputs).toEqual({ Told: 'Create' })
    expect((await account.deploy(resources({ Number: 2 }))).outputs).toEqual({ Told: 'Update' })
    const ServiceToken = expect.any(String)
    expect(account.told()).toEqual([
      expect.objectContaining({
        RequestType: 'Create',
        LogicalResourceId: 'Thing',
        ResourceType: 'Custom::Thing',
        ResourceProperties: { ServiceToken, Number: '1', Nested: { Flag: 'true' } },
      }),
      expect.objectContaining({
        RequestType: 'Update',
        PhysicalResourceId: 'made',
        ResourceProperties: { ServiceToken, Number: '2' },
        OldResourceProperties: { ServiceToken, Number: '1', Nested: { Flag: 'true' } },
      }),
    ])
  })

  it('that returns another physical ID receives a Delete for the former one, with its properties', async () => {
    const resources = (id: string) => ({
      Resources: { ...inlineFunction('Provider', provider), Thing: customResource({ Id: id }) },
    })
    await account.deploy(resources('first'))
    await account.deploy(resources('second'))
    expect(account.told().map((one) => [one.RequestType, one.PhysicalResourceId, one.ResourceProperties.Id])).toEqual([
      ['Create', undefined, 'first'],
      ['Update', 'first', 'second'],
      ['Delete', 'first', 'first'],
    ])
    expect(await account.physicalIds()).toMatchObject({ Thing: 'second' })
  })

  it.each([
    ['answers nothing', 'exports.handler = async () => {}', /did not receive a response from your Custom Resource/u],
    [
      'fails',
      provider.replace('const failed =', "const failed = event.RequestType === 'Create' ||"),
      /Message returned: it was told to fail/u,
    ],
    [
      'answers no physical ID',
      provider.replace("Id ?? event.PhysicalResourceId ?? 'made'", 'undefined'),
      /Invalid PhysicalResourceId/u,
    ],
  ])('whose function %s fails the stack', async (_, source, reason) => {
    const { status } = await account.deploy({
      Resources: { ...inlineFunction('Provider', source), Thing: customResource({}) },
    })
    expect(status).toBe('ROLLBACK_COMPLETE')
    expect((await account.events()).find((line) => line.startsWith('Thing CREATE_FAILED'))).toMatch(reason)
  })

  it('keeps its service token', async () => {
    const resources = (token: string) => ({
      Resources: {
        ...inlineFunction('Provider', provider),
        ...inlineFunction('Other', provider),
        Thing: { Type: 'Custom::Thing', Properties: { ServiceToken: { 'Fn::GetAtt': [token, 'Arn'] } } },
      },
    })
    await account.deploy(resources('Provider'))
    expect((await account.deploy(resources('Other'))).status).toBe('UPDATE_ROLLBACK_COMPLETE')
    // https://github.com/cloudcomponents/cdk-constructs/issues/197
    expect(await account.events()).toContain('Thing UPDATE_FAILED Modifying service token is not allowed.')
  })
})
