import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { App, Stack, type StackProps } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { list, text } from '../checks/template.js'
import { propertiesOf, synthesized } from '../testing/synthesized.js'
import { TopicRole, type TopicRoleProps } from './topic-role.js'

const entitlements = {
  entitlements: [{ publish: ['test'], subscribe: ['users/${userId}/#'] }],
}

function topicRole(props: Partial<TopicRoleProps> = {}): Record<string, unknown> {
  const template = synthesized((stack) => {
    const vendor = new Role(stack, 'Vendor', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    new TopicRole(stack, 'Topic', { vendor, entitlements, ...props })
  })
  return propertiesOf(template, 'AWS::IAM::Role', 'Topic')
}

function statementsOf(
  document: unknown,
): { Sid?: string; Effect: string; Action: string; Resource: unknown; Principal?: unknown }[] {
  return (document as { Statement: [] }).Statement
}

describe('TopicRole', () => {
  it('trusts only the vendor, by ARN, for two actions', () => {
    const vendor = { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Vendor/u), 'Arn'] } }
    expect(statementsOf(topicRole().AssumeRolePolicyDocument)).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: vendor },
      { Effect: 'Allow', Action: 'sts:SetSourceIdentity', Principal: vendor, Sid: 'NameTheUser' },
    ])
  })

  it('allows the union of the entitlements, in this Region and account', () => {
    const { Policies, ManagedPolicyArns } = topicRole()
    const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
    const here = 'arn:<AWS.Partition>:iot:<AWS.Region>:<AWS.AccountId>'
    expect(ManagedPolicyArns).toBeUndefined()
    expect(Policies).toHaveLength(1)
    const allowed = statementsOf(PolicyDocument).filter(({ Effect }) => Effect === 'Allow')
    expect(allowed.map(({ Action, Resource }) => [Action, text(Resource)])).toEqual([
      ['iot:Connect', `${here}:client/*:*`],
      ['iot:Publish', `${here}:topic/test`],
      ['iot:Receive', `${here}:topic/users/*/*`],
      ['iot:Subscribe', `${here}:topicfilter/users/*/*`],
    ])
  })

  it("escapes IAM's wildcards in topics", () => {
    const { Policies } = topicRole({ entitlements: { entitlements: [{ publish: ['*', 'a?'] }] } })
    const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
    const publish = statementsOf(PolicyDocument).find(({ Action }) => Action === 'iot:Publish')
    const topics = list(publish?.Resource).map((arn) => text(arn).split(':topic/')[1])
    expect(topics.sort()).toEqual(['${*}', 'a${?}'])
  })

  it('has AWS’s managed policy only if it is the ceiling', () => {
    const { Policies, ManagedPolicyArns } = topicRole({ ceiling: 'AWSIoTFullAccess' })
    const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
    expect(statementsOf(PolicyDocument).map(({ Effect, Sid }) => [Effect, Sid])).toEqual([
      ['Deny', 'NamesThatContinueAnArn'],
      ['Deny', 'ClientsWithoutLifecycleEvents'],
      ['Deny', 'Elsewhere'],
    ])
    expect((ManagedPolicyArns as []).map(text)).toEqual(['arn:<AWS.Partition>:iam::aws:policy/AWSIoTFullAccess'])
  })

  it.each(['entitlements', 'AWSIoTFullAccess'] as const)(
    'has the shared Deny statements with the ceiling %s',
    (ceiling) => {
      const { Policies } = topicRole({ ceiling })
      const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
      const here = 'arn:<AWS.Partition>:iot:<AWS.Region>:<AWS.AccountId>'
      const bySid = new Map(statementsOf(PolicyDocument).map((statement) => [statement.Sid, statement]))
      expect(list(bySid.get('NamesThatContinueAnArn')?.Resource).map(text)).toEqual(
        ['client', 'topic', 'topicfilter'].flatMap((type) =>
          ['client', 'topic', 'topicfilter'].map((other) => `${here}:${type}/*:${other}/*`),
        ),
      )
      expect(list(bySid.get('ClientsWithoutLifecycleEvents')?.Resource).map(text)).toEqual([
        `${here}:client/*#*`,
        `${here}:client/*+*`,
      ])
    },
  )

  /** Creates topic roles in one app, each in its own stack. */
  function synthesize(...stacks: [stackName: string, props?: StackProps, roleName?: string][]): Template[] {
    const app = new App({ builtinCloudFormationValidation: false })
    const made = stacks.map(([stackName, props, roleName]) => {
      const stack = new Stack(app, stackName, props)
      const vendor = new Role(stack, 'Vendor', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
      new TopicRole(stack, 'Topic', { vendor, entitlements, roleName })
      return stack
    })
    app.synth()
    return made.map((stack) => Template.fromStack(stack))
  }
  function roleNames(templates: Template[]): unknown[] {
    return templates.map((template) => propertiesOf(template, 'AWS::IAM::Role', 'Topic').RoleName)
  }

  it('has the name of the article, that of another stack, or the given one', () => {
    const long = 'a-very-long-name-of-a-stack-that-leaves-no-room-for-anything-else'
    const [article, ...others] = roleNames(
      synthesize(['TopicCredentials'], ['Staging'], ['Chat', {}, 'chat-user'], [long]),
    )
    expect([article, ...others.slice(0, 2)]).toEqual(['sts-sample-role', 'Staging-topics', 'chat-user'])
    expect(others[2]).toMatch(/^[\w-]{20,64}$/u)
  })

  it('is not synthesized with another role of the same name that can be in the same account', () => {
    const [one, two] = [{ env: { account: '111111111111' } }, { env: { account: '222222222222' } }]
    const synth = (first: StackProps, second: StackProps) => () =>
      synthesize(['One', first, 'topics'], ['Two', second, 'topics'])
    for (const twins of [synth({}, {}), synth(one, {}), synth(one, one)]) {
      expect(twins).toThrow("Two/Topic also has a role 'topics'. Set a different roleName for one of them.")
    }
    expect(synth(one, two)).not.toThrow()
  })

  it('is not synthesized if two users get the same own topic', () => {
    const publish = ['users/${userId}/#', 'users/admin/${userId}']
    expect(() => topicRole({ entitlements: { entitlements: [{ publish }] } })).toThrow(
      'the users "admin" and "alice" get the same own topic: publish users/admin/# and users/admin/alice',
    )
    const apart = ['users/${userId}/#', 'admins/${userId}']
    expect(topicRole({ entitlements: { entitlements: [{ publish: apart }] } })).toHaveProperty('RoleName')
  })

  function warnings(props: Pick<TopicRoleProps, 'entitlements' | 'dense' | 'ceiling'>): readonly string[] {
    const app = new App({ builtinCloudFormationValidation: false })
    const stack = new Stack(app, 'Warned')
    const vendor = new Role(stack, 'Vendor', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    new TopicRole(stack, 'Topic', { vendor, ...props })
    const [assembly] = app.synth().stacks
    return assembly?.messages.map(({ entry }) => String(entry.data)).filter((text) => !text.includes('region')) ?? []
  }

  function random(count: number, seed: string): readonly string[] {
    return Array.from({ length: count }, (_, index) => createHash('md5').update(`${seed}${index}`).digest('hex'))
  }

  it('warns if STS could refuse the packed size, and if the role is wider than the entitlements', () => {
    const warned = (publish: readonly string[]) =>
      warnings({ entitlements: { entitlements: [{ publish, subscribe: publish }] } })
    expect(warned(['devices/+/state'])).toEqual([])
    expect(warned(random(14, ''))).toEqual([
      expect.stringMatching(/^STS may refuse the session policy of .* \d+ to \d+ percent/u),
    ])
    expect(warned(['users/${userId}/inbox/#'])).toEqual([
      expect.stringContaining(
        'The role allows more topics than "users/${userId}/inbox/#" grants: a Deny cannot separate',
      ),
    ])
  })

  it('proves pairs of rules in the deployed role and forms', () => {
    const rules = ['a', 'b'].map((group) => {
      const publish = random(8, group)
      return { when: { 'claims.groups': group }, publish, subscribe: publish }
    })
    const both = { entitlements: { entitlements: rules } }
    const packed = expect.stringMatching(
      /^STS may refuse the session policy of .* with entitlements\[0\] and entitlements\[1\]: /u,
    )
    expect(warnings(both)).toEqual([packed])
    expect(warnings({ ...both, ceiling: 'AWSIoTFullAccess' })).toEqual([packed])
    // Both together fit only the dense form; without it the vendor refuses them.
    expect(warnings({ ...both, dense: 'off' })).not.toContainEqual(packed)
    const apart = { entitlements: { entitlements: rules, singleValued: ['claims.groups'] } }
    expect(warnings(apart)).not.toContainEqual(packed)
  })

  it('refuses invalid entitlements, with the place', () => {
    const typo = { entitlements: [{ publish: ['test'] }, { publish: ['users/${user}/#'] }] }
    expect(() => topicRole({ entitlements: typo })).toThrow('entitlements[1].publish[0]')
  })
})
