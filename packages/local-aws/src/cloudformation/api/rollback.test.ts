import { ContinueUpdateRollbackCommand, RollbackStackCommand } from '@aws-sdk/client-cloudformation'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../../testing/deployments.js'
import { customResource, inlineFunction, logGroup, provider, serviceRole } from '../../testing/template-parts.js'

let account: TestDeployments
beforeEach(async () => {
  account = await openDeployments()
})
afterEach(async () => account[Symbol.asyncDispose]())

/** A role whose policy carries the mark, and after it a custom resource. */
function template(mark: string, properties: object, more: object = {}) {
  const Statement = [{ Sid: mark, Effect: 'Allow', Action: 'iot:Publish', Resource: '*' }]
  const Policies = [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement } }]
  return {
    Resources: {
      ...inlineFunction('Provider', provider),
      Role: serviceRole({ Policies }),
      ...more,
      Thing: { ...customResource(properties), DependsOn: 'Role' },
    },
  }
}

async function mark(): Promise<string | undefined> {
  const { Role = '' } = await account.physicalIds()
  return account.aws.directory.role(Role)?.inlinePolicies.get('p')?.Statement[0]?.Sid
}

const failedThing =
  'Thing UPDATE_FAILED Received response status [FAILED] from custom resource. Message returned: it was told to fail (RequestId: …)'

describe('a failed update', () => {
  it('reverts its changes: a custom resource receives an Update with the old properties', async () => {
    await account.deploy(template('A', { Value: '1' }))
    await account.events()
    const { status } = await account.deploy(template('B', { Value: '2', Fail: 'Update' }))
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(await account.events()).toEqual([
      'Test UPDATE_IN_PROGRESS User Initiated',
      'Role UPDATE_IN_PROGRESS',
      'Role UPDATE_COMPLETE',
      'Thing UPDATE_IN_PROGRESS',
      failedThing,
      'Test UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [Thing]. ',
      'Role UPDATE_IN_PROGRESS',
      'Role UPDATE_COMPLETE',
      'Thing UPDATE_IN_PROGRESS',
      'Thing UPDATE_COMPLETE',
      'Test UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'Test UPDATE_ROLLBACK_COMPLETE',
    ])
    // https://github.com/aws/aws-cdk/issues/17040
    const values = account
      .told()
      .map((one) => [one.RequestType, one.ResourceProperties.Value, one.OldResourceProperties?.Value])
    expect(values).toEqual([
      ['Create', '1', undefined],
      ['Update', '2', '1'],
      ['Update', '1', '2'],
    ])
    expect(await mark()).toBe('A')
  })

  it('restores replaced resources, and deletes created ones', async () => {
    const named = (name: string) => ({
      Named: serviceRole({ RoleName: name }),
      ...(name === 'b' ? { New: logGroup() } : {}),
    })
    await account.deploy(template('A', {}, named('a')))
    const before = await account.physicalIds()
    await account.events()
    const { status } = await account.deploy(template('A', { Fail: 'Update' }, named('b')))
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(await account.physicalIds()).toEqual(before)
    const { directory } = account.aws
    expect([directory.role('a')?.roleName, directory.role('b')]).toEqual(['a', undefined])
    expect((await account.events()).slice(-6)).toEqual([
      'Test UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'New DELETE_IN_PROGRESS',
      'New DELETE_COMPLETE',
      'Named DELETE_IN_PROGRESS',
      'Named DELETE_COMPLETE',
      'Test UPDATE_ROLLBACK_COMPLETE',
    ])
  })

  it('that a new resource fails is taken back without telling the others anything', async () => {
    await account.deploy(template('A', {}))
    const More = customResource({ Fail: ['Create'], Id: 'more' })
    const { status } = await account.deploy(template('A', {}, { More }))
    expect(status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(account.told().map((one) => [one.RequestType, one.PhysicalResourceId])).toEqual([
      ['Create', undefined],
      ['Create', undefined],
      // What failed to be created is deleted, under the ID that it answered.
      ['Delete', 'more'],
    ])
  })
})

describe('an update that cannot be taken back', () => {
  /** The custom resource fails at each Update. */
  async function stick(): Promise<void> {
    const blocking = provider.replace('const failed =', "const failed = event.RequestType === 'Update' ||")
    const resources = (value: string, markText: string) => {
      const made = template(markText, { Value: value })
      return { Resources: { ...made.Resources, ...inlineFunction('Provider', blocking) } }
    }
    await account.deploy(resources('1', 'A'))
    await account.events()
    expect((await account.deploy(resources('2', 'B'))).status).toBe('UPDATE_ROLLBACK_FAILED')
  }

  it('ends in UPDATE_ROLLBACK_FAILED, and can be continued without what is in the way', async () => {
    await stick()
    // https://github.com/convox/rack/pull/525
    expect((await account.events()).slice(-5)).toEqual([
      'Role UPDATE_IN_PROGRESS',
      'Role UPDATE_COMPLETE',
      'Thing UPDATE_IN_PROGRESS',
      failedThing,
      'Test UPDATE_ROLLBACK_FAILED The following resource(s) failed to update: [Thing]. ',
    ])
    await expect(account.deploy(template('C', {}))).rejects.toThrow(
      /is in UPDATE_ROLLBACK_FAILED state and can not be updated\./u,
    )
    const continuing = (ResourcesToSkip: string[]) =>
      account.cloudformation.send(new ContinueUpdateRollbackCommand({ StackName: 'Test', ResourcesToSkip }))
    await expect(continuing(['Role'])).rejects.toThrow(/Role/u)
    await continuing([])
    expect((await account.settled()).StackStatus).toBe('UPDATE_ROLLBACK_FAILED')
    await continuing(['Thing'])
    expect((await account.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect((await account.events()).slice(-3)).toEqual([
      'Thing UPDATE_COMPLETE',
      'Test UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS',
      'Test UPDATE_ROLLBACK_COMPLETE',
    ])
    expect(await mark()).toBe('A')
    expect((await account.deploy({ Resources: { Role: serviceRole() } })).status).toBe('UPDATE_COMPLETE')
  })

  it('stays where it was asked to, and is rolled back later', async () => {
    await account.deploy(template('A', {}))
    const { status } = await account.deploy(template('B', { Fail: 'Update' }), { disableRollback: true })
    expect(status).toBe('UPDATE_FAILED')
    expect(await mark()).toBe('B')
    await account.cloudformation.send(new RollbackStackCommand({ StackName: 'Test' }))
    expect((await account.settled()).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(await mark()).toBe('A')
  })
})
