import { ListStacksCommand, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../../testing/deployments.js'
import { logGroup, serviceRole } from '../../testing/template-parts.js'

let account: TestDeployments
beforeEach(async () => {
  account = await openDeployments()
})
afterEach(async () => account[Symbol.asyncDispose]())

const deny = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] }

describe('a deletion', () => {
  it('goes the other way, and keeps what is to be retained', async () => {
    const User = logGroup({ LogGroupName: { 'Fn::Sub': '/of/${Role}' } })
    const { stackId } = await account.deploy({
      Resources: { User, Role: serviceRole(), Kept: logGroup({}, { DeletionPolicy: 'Retain' }) },
    })
    await account.events()
    expect(await account.destroy()).toBe('DELETE_COMPLETE')
    expect(await account.events(stackId)).toEqual([
      'Test DELETE_IN_PROGRESS User Initiated',
      'Kept DELETE_SKIPPED',
      'User DELETE_IN_PROGRESS',
      'User DELETE_COMPLETE',
      'Role DELETE_IN_PROGRESS',
      'Role DELETE_COMPLETE',
      'Test DELETE_COMPLETE',
    ])
    // By its name it is not there any more; by its ID it is.
    await expect(account.settled()).rejects.toThrow('Stack with id Test does not exist')
    const { StackSummaries } = await account.cloudformation.send(new ListStacksCommand({}))
    expect(StackSummaries).toMatchObject([{ StackId: stackId, StackStatus: 'DELETE_COMPLETE' }])
  })

  it('fails at a role to which another caller added a policy, keeps its dependencies, and succeeds when the policy is removed', async () => {
    const Role = { ...serviceRole({ RoleName: 'mine' }), DependsOn: 'Needed' }
    await account.deploy({ Resources: { Role, Needed: logGroup(), Other: logGroup() } })
    account.aws.putRolePolicy('mine', 'foreign', deny)
    await account.events()
    expect(await account.destroy()).toBe('DELETE_FAILED')
    const events = await account.events()
    expect(events.at(-1)).toBe('Test DELETE_FAILED The following resource(s) failed to delete: [Role]. ')
    expect(events.some((line) => line.startsWith('Needed'))).toBe(false)
    expect(Object.keys(await account.physicalIds())).toEqual(['Needed', 'Role'])
    account.aws.deleteRolePolicy('mine', 'foreign')
    expect(await account.destroy()).toBe('DELETE_COMPLETE')
    expect(account.aws.directory.role('mine')).toBeUndefined()
  })

  it('is refused while the stack is protected, or another stack uses its exports', async () => {
    const protect = (EnableTerminationProtection: boolean) =>
      account.cloudformation.send(
        new UpdateTerminationProtectionCommand({ StackName: 'Test', EnableTerminationProtection }),
      )
    const Outputs = { Name: { Value: { Ref: 'Log' }, Export: { Name: 'the-log' } } }
    await account.deploy({ Resources: { Log: logGroup() }, Outputs })
    await protect(true)
    await expect(account.destroy()).rejects.toThrow(
      'Stack [Test] cannot be deleted while TerminationProtection is enabled',
    )
    await protect(false)
    const Description = { 'Fn::ImportValue': 'the-log' }
    await account.deploy({ Resources: { Role: serviceRole({ Description }) } }, { stackName: 'User' })
    await expect(account.destroy()).rejects.toThrow('Export the-log cannot be deleted as it is in use by User')
    // Nor may an update change it: https://github.com/aws/aws-cdk/issues/5151
    expect((await account.deploy({ Resources: { Log: logGroup() } })).status).toBe('UPDATE_ROLLBACK_COMPLETE')
    expect(await account.events()).toContain(
      'Test UPDATE_ROLLBACK_IN_PROGRESS Export the-log cannot be deleted as it is in use by User',
    )
    await account.destroy('User')
    expect(await account.destroy()).toBe('DELETE_COMPLETE')
  })
})
