import type { Services } from '../services.js'

/** The permissions that CloudFormation needs for a stack, for types whose ARNs are known before creation. */
interface Calls {
  readonly create: string
  readonly update: string
  readonly delete: string
  /** The resource's ARN, from its name. */
  arn(place: Pick<Services, 'region' | 'accountId'>, name: string): string
}

/**
 * The first action of each handler in the schema of the type: without it, the operation is not possible.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (`handlers`)
 */
export const calls: Readonly<Record<string, Calls>> = {
  'AWS::ApiGatewayV2::Api': api(),
  'AWS::ApiGatewayV2::Authorizer': api(),
  'AWS::ApiGatewayV2::Integration': api(),
  'AWS::ApiGatewayV2::Route': api(),
  'AWS::ApiGatewayV2::Stage': api(),
  'AWS::CloudWatch::Alarm': watch('Alarm', 'PutMetricAlarm', 'DeleteAlarms'),
  'AWS::CloudWatch::Dashboard': watch('Dashboard', 'PutDashboard', 'DeleteDashboards'),
  'AWS::DynamoDB::Table': {
    create: 'dynamodb:CreateTable',
    update: 'dynamodb:UpdateTable',
    delete: 'dynamodb:DeleteTable',
    arn: ({ region, accountId }, name) => `arn:aws:dynamodb:${region}:${accountId}:table/${name}`,
  },
  'AWS::IAM::ManagedPolicy': {
    create: 'iam:CreatePolicy',
    update: 'iam:CreatePolicyVersion',
    delete: 'iam:DeletePolicy',
    arn: ({ accountId }, name) => (name.startsWith('arn:') ? name : `arn:aws:iam::${accountId}:policy/${name}`),
  },
  'AWS::IAM::Policy': {
    create: 'iam:PutRolePolicy',
    update: 'iam:PutRolePolicy',
    delete: 'iam:DeleteRolePolicy',
    arn: any,
  },
  'AWS::IAM::Role': {
    create: 'iam:CreateRole',
    update: 'iam:UpdateRole',
    delete: 'iam:DeleteRole',
    arn: ({ accountId }, name) => `arn:aws:iam::${accountId}:role/${name}`,
  },
  'AWS::Lambda::Function': {
    create: 'lambda:CreateFunction',
    update: 'lambda:UpdateFunctionConfiguration',
    delete: 'lambda:DeleteFunction',
    arn: ({ region, accountId }, name) => `arn:aws:lambda:${region}:${accountId}:function:${name}`,
  },
  'AWS::Lambda::Permission': {
    create: 'lambda:AddPermission',
    update: 'lambda:AddPermission',
    delete: 'lambda:RemovePermission',
    arn: any,
  },
  'AWS::Lambda::Version': {
    create: 'lambda:PublishVersion',
    update: 'lambda:PublishVersion',
    delete: 'lambda:DeleteFunction',
    arn: any,
  },
  'AWS::Logs::LogGroup': {
    create: 'logs:CreateLogGroup',
    update: 'logs:PutRetentionPolicy',
    delete: 'logs:DeleteLogGroup',
    arn: ({ region, accountId }, name) => `arn:aws:logs:${region}:${accountId}:log-group:${name}`,
  },
}

function any(): string {
  return '*'
}

/** API Gateway's actions are HTTP methods on its own resource types. */
function api(): Calls {
  return { create: 'apigateway:POST', update: 'apigateway:PATCH', delete: 'apigateway:DELETE', arn: any }
}

function watch(kind: string, put: string, remove: string): Calls {
  const separator = kind === 'Alarm' ? 'alarm:' : 'dashboard/'
  return {
    create: `cloudwatch:${put}`,
    update: `cloudwatch:${put}`,
    delete: `cloudwatch:${remove}`,
    arn: ({ region, accountId }, name) =>
      kind === 'Alarm'
        ? `arn:aws:cloudwatch:${region}:${accountId}:${separator}${name}`
        : `arn:aws:cloudwatch::${accountId}:${separator}${name}`,
  }
}
