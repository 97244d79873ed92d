import type { Services } from '../services.js'

/** The ARN of a resource, from its name. */
type ArnOf = (place: Pick<Services, 'region' | 'accountId'>, name: string) => string

/** The actions that CloudFormation needs for a resource, and the resource that they are checked on. */
interface Calls {
  readonly create: string
  readonly update: string
  readonly delete: string
  readonly arn: ArnOf
}

const any: ArnOf = () => '*'
const role: ArnOf = ({ accountId }, name) => `arn:aws:iam::${accountId}:role/${name}`
const managedPolicy: ArnOf = ({ accountId }, name) =>
  name.startsWith('arn:') ? name : `arn:aws:iam::${accountId}:policy/${name}`
const dashboard: ArnOf = ({ accountId }, name) => `arn:aws:cloudwatch::${accountId}:dashboard/${name}`
const alarm = regional('cloudwatch', 'alarm:')
/** API Gateway's actions are HTTP methods on its own resource types. */
const api = calls('apigateway', 'POST', 'PATCH', 'DELETE')

/**
 * The first action of each handler in the schema of the type: without it, the operation is not possible.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html (`handlers`)
 */
export const callsOf: Readonly<Record<string, Calls>> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Authorizer': api,
  'AWS::ApiGatewayV2::Integration': api,
  'AWS::ApiGatewayV2::Route': api,
  'AWS::ApiGatewayV2::Stage': api,
  'AWS::CloudWatch::Alarm': calls('cloudwatch', 'PutMetricAlarm', 'PutMetricAlarm', 'DeleteAlarms', alarm),
  'AWS::CloudWatch::Dashboard': calls('cloudwatch', 'PutDashboard', 'PutDashboard', 'DeleteDashboards', dashboard),
  'AWS::DynamoDB::Table': calls(
    'dynamodb',
    'CreateTable',
    'UpdateTable',
    'DeleteTable',
    regional('dynamodb', 'table/'),
  ),
  'AWS::IAM::ManagedPolicy': calls('iam', 'CreatePolicy', 'CreatePolicyVersion', 'DeletePolicy', managedPolicy),
  'AWS::IAM::Policy': calls('iam', 'PutRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy'),
  'AWS::IAM::Role': calls('iam', 'CreateRole', 'UpdateRole', 'DeleteRole', role),
  'AWS::Lambda::Function': calls(
    'lambda',
    'CreateFunction',
    'UpdateFunctionConfiguration',
    'DeleteFunction',
    regional('lambda', 'function:'),
  ),
  'AWS::Lambda::Permission': calls('lambda', 'AddPermission', 'AddPermission', 'RemovePermission'),
  'AWS::Lambda::Version': calls('lambda', 'PublishVersion', 'PublishVersion', 'DeleteFunction'),
  'AWS::Logs::LogGroup': calls(
    'logs',
    'CreateLogGroup',
    'PutRetentionPolicy',
    'DeleteLogGroup',
    regional('logs', 'log-group:'),
  ),
}

function calls(service: string, create: string, update: string, remove: string, arn: ArnOf = any): Calls {
  return { create: `${service}:${create}`, update: `${service}:${update}`, delete: `${service}:${remove}`, arn }
}

function regional(service: string, prefix: string): ArnOf {
  return ({ region, accountId }, name) => `arn:aws:${service}:${region}:${accountId}:${prefix}${name}`
}
