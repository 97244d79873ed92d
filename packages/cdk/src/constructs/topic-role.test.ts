import { describe, expect, it } from '@jest/globals'
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

function statementsOf(document: unknown): { Sid?: string; Action: string; Resource: unknown; Principal?: unknown }[] {
  return (document as { Statement: [] }).Statement
}

describe('TopicRole', () => {
  it('trusts the vendor by ARN, for two actions, and nobody else', () => {
    const vendor = { AWS: { 'Fn::GetAtt': [expect.stringMatching(/^Vendor/u), 'Arn'] } }
    expect(statementsOf(topicRole().AssumeRolePolicyDocument)).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: vendor },
      { Effect: 'Allow', Action: 'sts:SetSourceIdentity', Principal: vendor, Sid: 'NameTheUser' },
    ])
  })

  it('may do what the entitlements add up to, in this Region and account', () => {
    const { Policies, ManagedPolicyArns } = topicRole()
    const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
    const here = 'arn:<AWS.Partition>:iot:<AWS.Region>:<AWS.AccountId>'
    expect(ManagedPolicyArns).toBeUndefined()
    expect(Policies).toHaveLength(1)
    expect(statementsOf(PolicyDocument).map(({ Action, Resource }) => [Action, text(Resource)])).toEqual([
      ['iot:Connect', `${here}:client/*:*`],
      ['iot:Publish', `${here}:topic/test`],
      ['iot:Receive', `${here}:topic/users/*/*`],
      ['iot:Subscribe', `${here}:topicfilter/users/*/*`],
    ])
  })

  it("keeps IAM's wildcards in topics as plain characters", () => {
    const { Policies } = topicRole({ entitlements: { entitlements: [{ publish: ['*', 'a?'] }] } })
    const [{ PolicyDocument } = { PolicyDocument: {} }] = Policies as { PolicyDocument: object }[]
    const publish = statementsOf(PolicyDocument).find(({ Action }) => Action === 'iot:Publish')
    const topics = list(publish?.Resource).map((arn) => text(arn).split(':topic/')[1])
    expect(topics.sort()).toEqual(['${*}', 'a${?}'])
  })

  it('is as wide as AWS makes it only when asked', () => {
    const { Policies, ManagedPolicyArns } = topicRole({ ceiling: 'AWSIoTFullAccess' })
    expect(Policies).toBeUndefined()
    expect((ManagedPolicyArns as []).map(text)).toEqual(['arn:<AWS.Partition>:iam::aws:policy/AWSIoTFullAccess'])
  })

  it('is called as the article calls it, or otherwise', () => {
    expect(topicRole().RoleName).toBe('sts-sample-role')
    expect(topicRole({ roleName: 'chat-user' }).RoleName).toBe('chat-user')
  })

  it('refuses entitlements that are wrong, with the place', () => {
    const typo = { entitlements: [{ publish: ['test'] }, { publish: ['users/${user}/#'] }] }
    expect(() => topicRole({ entitlements: typo })).toThrow('entitlements[1].publish[0]')
  })
})
