import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openDeployments, type TestDeployments } from '../../testing/deployments.js'
import { inlineFunction, logGroup, serviceRole } from '../../testing/template-parts.js'

let account: TestDeployments
beforeEach(async () => {
  account = await openDeployments()
})
afterEach(async () => account[Symbol.asyncDispose]())

const creating =
  'UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.'

describe('an update', () => {
  it('changes nothing where nothing has changed', async () => {
    const template = { Resources: { Role: serviceRole({ Description: 'a' }) } }
    await account.deploy(template)
    await expect(account.deploy(template)).rejects.toThrow("The submitted information didn't contain changes.")
  })

  it('changes in place what may be, and replaces what may not: the old one goes when all else has succeeded', async () => {
    const template = (description: string, name: string) => ({
      Resources: {
        Role: serviceRole({ Description: description }),
        Named: serviceRole({ RoleName: name }),
        User: logGroup({ LogGroupName: { 'Fn::Sub': '/of/${Named}' } }),
      },
    })
    await account.deploy(template('a', 'first'))
    const before = await account.physicalIds()
    await account.events()
    expect((await account.deploy(template('b', 'second'))).status).toBe('UPDATE_COMPLETE')
    // "Replacement": https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    expect(await account.events()).toEqual([
      'Test UPDATE_IN_PROGRESS User Initiated',
      'Role UPDATE_IN_PROGRESS',
      'Role UPDATE_COMPLETE',
      `Named ${creating}`,
      'Named UPDATE_IN_PROGRESS Resource creation Initiated',
      'Named UPDATE_COMPLETE',
      `User ${creating}`,
      'User UPDATE_IN_PROGRESS Resource creation Initiated',
      'User UPDATE_COMPLETE',
      'Test UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'User DELETE_IN_PROGRESS',
      'User DELETE_COMPLETE',
      'Named DELETE_IN_PROGRESS',
      'Named DELETE_COMPLETE',
      'Test UPDATE_COMPLETE',
    ])
    expect(await account.physicalIds()).toEqual({ Role: before.Role, Named: 'second', User: '/of/second' })
    const { directory } = account.aws
    expect([directory.role('first'), directory.role('second')?.roleName]).toEqual([undefined, 'second'])
  })

  it('refuses to replace what has a name of its own that is not changed', async () => {
    const template = (path: string) => ({ Resources: { Role: serviceRole({ RoleName: 'mine', Path: path }) } })
    await account.deploy(template('/a/'))
    expect((await account.deploy(template('/b/'))).status).toBe('UPDATE_ROLLBACK_COMPLETE')
    // https://github.com/ministackorg/ministack/issues/1433
    expect(await account.events()).toContain(
      'Role UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename mine and update the stack again.',
    )
    expect(account.aws.directory.role('mine')?.arn).toMatch(/role\/a\/mine$/u)
  })

  it('deletes what the template has no more, unless it is to be retained', async () => {
    const Role = serviceRole()
    await account.deploy({ Resources: { Role, Gone: logGroup(), Kept: logGroup({}, { DeletionPolicy: 'Retain' }) } })
    const { Gone, Kept } = await account.physicalIds()
    await account.events()
    await account.deploy({ Resources: { Role } })
    expect((await account.events()).slice(1)).toEqual([
      'Test UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'Kept DELETE_SKIPPED',
      'Gone DELETE_IN_PROGRESS',
      'Gone DELETE_COMPLETE',
      'Test UPDATE_COMPLETE',
    ])
    const taking = (name: string | undefined, stackName: string) =>
      account.deploy({ Resources: { Log: logGroup({ LogGroupName: name }) } }, { stackName })
    expect((await taking(Gone, 'TakesGone')).status).toBe('CREATE_COMPLETE')
    expect((await taking(Kept, 'TakesKept')).status).toBe('ROLLBACK_COMPLETE')
  })

  it('skips a role to which another caller added a policy, and succeeds', async () => {
    await account.deploy({ Resources: { Role: serviceRole({ RoleName: 'first' }) } })
    account.aws.putRolePolicy('first', 'foreign', {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
    })
    await account.events()
    expect((await account.deploy({ Resources: { Role: serviceRole({ RoleName: 'second' }) } })).status).toBe(
      'UPDATE_COMPLETE',
    )
    // https://github.com/serverless/serverless/issues/9144, https://github.com/convox/rack/issues/2672
    const failed =
      'Role DELETE_FAILED Resource handler returned message: "Cannot delete entity, must delete policies first. (Service: Iam, Status Code: 409, Request ID: …)" (RequestToken: …, HandlerErrorCode: GeneralServiceException)'
    expect((await account.events()).slice(-7)).toEqual([
      ...Array.from({ length: 3 }, () => ['Role DELETE_IN_PROGRESS', failed]).flat(),
      'Test UPDATE_COMPLETE Update successful. One or more resources could not be deleted.',
    ])
    expect(account.aws.directory.role('first')).toBeDefined()
  })

  it('lets a function live that it does not change, and gives a changed one its new code', async () => {
    const source = (text: string) => `exports.handler = async () => ({ pid: process.pid, text: '${text}' })`
    const template = (text: string, description: string) => ({
      Resources: {
        ...inlineFunction('Fn', source(text)),
        Role: serviceRole({ Description: description }),
        [`Version${text}`]: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
      },
      Outputs: { Version: { Value: { Ref: `Version${text}` } } },
    })
    const call = async () => {
      const [runtime] = [...account.aws.functions.values()].filter(({ configuration }) =>
        /-Fn-/u.test(configuration.functionName),
      )
      const result = await runtime?.invoke({})
      return result?.outcome === 'ok' ? (result.payload as { pid: number; text: string }) : undefined
    }
    const first = await account.deploy(template('A', 'a'))
    const before = await call()
    await account.deploy(template('A', 'b'))
    expect(await call()).toEqual(before)
    const second = await account.deploy(template('B', 'b'))
    expect(await call()).toMatchObject({ text: 'B' })
    expect([first.outputs.Version, second.outputs.Version]).toEqual([
      expect.stringMatching(/:function:Test-Fn-[0-9a-f]+:1$/u),
      expect.stringMatching(/:function:Test-Fn-[0-9a-f]+:2$/u),
    ])
  })
})
