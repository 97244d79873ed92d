import { describe, expect, it } from '@jest/globals'
import type { Template } from 'aws-cdk-lib/assertions'
import { synthesized } from '../testing/synthesized.js'
import { TopicCredentials, type TopicCredentialsProps } from './topic-credentials.js'

const tableKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab'
const entitlements = { entitlements: [{ publish: ['test'], subscribe: ['test'] }] }

function synthesize(props: Partial<TopicCredentialsProps> = {}): Template {
  return synthesized((stack) => new TopicCredentials(stack, 'It', { entitlements, ...props }))
}

function tableOf(template: Template) {
  const [table, ...others] = Object.values(template.findResources('AWS::DynamoDB::Table'))
  expect(others).toEqual([])
  return table
}

interface Statement {
  readonly Sid?: string
  readonly Action: readonly string[]
  readonly Resource: unknown
  readonly Condition?: unknown
}

function keyStatements(template: Template): readonly Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
    (Properties.PolicyDocument.Statement as readonly Statement[]).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('kms:')),
    ),
  )
}

describe('AccessTable', () => {
  it('has on-demand capacity, deletion protection, point-in-time recovery, a generated name and a key of DynamoDB, and is retained', () => {
    const template = synthesize()
    expect(tableOf(template)).toEqual({
      Type: 'AWS::DynamoDB::Table',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    })
    expect(keyStatements(template)).toEqual([])
  })

  it('is deleted with the stack if keepTable is false', () => {
    expect(tableOf(synthesize({ keepTable: false }))).toMatchObject({
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    })
  })

  it('uses a given KMS key, which the function and the check can use only through DynamoDB', () => {
    const template = synthesize({ tableKeyArn })
    expect(tableOf(template)?.Properties.SSESpecification).toEqual({
      SSEEnabled: true,
      SSEType: 'KMS',
      KMSMasterKeyId: tableKeyArn,
    })
    const common = {
      Sid: 'UseTableKey',
      Effect: 'Allow',
      Resource: tableKeyArn,
      Condition: {
        StringEquals: {
          'kms:ViaService': {
            'Fn::Join': ['', ['dynamodb.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
          },
        },
      },
    }
    const read = ['kms:Decrypt', 'kms:DescribeKey']
    const write = ['kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo']
    expect(keyStatements(template)).toEqual([
      { ...common, Action: read },
      { ...common, Action: [...read, ...write] },
    ])
  })
})
