import { describe, expect, it } from '@jest/globals'
import { openDeployments } from '../../testing/deployments.js'
import { logGroup, serviceRole } from '../../testing/template-parts.js'

const queue = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } }

describe('resources of unsupported types', () => {
  it('that are not modelled are refused by name, before anything is made', async () => {
    await using account = await openDeployments()
    await expect(account.deploy({ Resources: { Log: logGroup(), Queue: queue } })).rejects.toThrow(
      'Template format error: the stand-in does not model resources of type AWS::SQS::Queue (Queue). With --ignore-unknown they are skipped',
    )
    await expect(account.settled()).rejects.toThrow('does not exist')
  })

  it('are left out on demand, which their events say; what refers to them has something to name', async () => {
    await using account = await openDeployments({ ignoreUnknown: true })
    const Statement = [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] } }]
    const Policies = [{ PolicyName: 'send', PolicyDocument: { Version: '2012-10-17', Statement } }]
    const { status, outputs } = await account.deploy({
      Resources: { Queue: queue, Role: serviceRole({ Policies }) },
      Outputs: {
        Arn: { Value: { 'Fn::GetAtt': ['Queue', 'Arn'] } },
        Name: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } },
      },
    })
    expect(status).toBe('CREATE_COMPLETE')
    expect(outputs).toEqual({
      Arn: expect.stringMatching(/^arn:aws:sqs:eu-west-1:123456789012:Test-Queue-/u),
      Name: expect.stringMatching(/^Test-Queue-.*\.QueueName$/u),
    })
    expect(await account.events()).toContain(
      'Queue CREATE_COMPLETE Skipped: the stand-in does not model AWS::SQS::Queue',
    )
    expect((await account.deploy({ Resources: { Log: logGroup() } })).status).toBe('UPDATE_COMPLETE')
  })
})
