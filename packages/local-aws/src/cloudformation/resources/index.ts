import { api } from './apigateway/api.js'
import { authorizer } from './apigateway/authorizer.js'
import { integration } from './apigateway/integration.js'
import { route } from './apigateway/route.js'
import { stage } from './apigateway/stage.js'
import { customResource } from './custom-resource.js'
import { table } from './dynamodb.js'
import { managedPolicy, policy, role, rolePolicy } from './iam.js'
import { cdkMetadata, logGroup, watching } from './inert.js'
import { lambdaFunction, permission, version } from './lambda.js'
import type { ResourceType } from './resource-type.js'
import { sdkCall } from './sdk-call.js'
import { trigger } from './trigger.js'

const alarm = { named: 'AlarmName', replacedBy: ['AlarmName'] }

/**
 * All supported resource types. A test compares the properties that require replacement with CloudFormation's own schemas
 * (`createOnlyProperties`), from the copy in the CDK.
 */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
  ['AWS::ApiGatewayV2::Api', api],
  ['AWS::ApiGatewayV2::Authorizer', authorizer],
  ['AWS::ApiGatewayV2::Integration', integration],
  ['AWS::ApiGatewayV2::Route', route],
  ['AWS::ApiGatewayV2::Stage', stage],
  ['AWS::CDK::Metadata', cdkMetadata],
  ['AWS::CloudFormation::CustomResource', customResource],
  ['AWS::CloudWatch::Alarm', watching('cloudwatch', alarm)],
  ['AWS::CloudWatch::CompositeAlarm', watching('cloudwatch', alarm)],
  ['AWS::CloudWatch::Dashboard', watching('cloudwatch', { named: 'DashboardName', replacedBy: ['DashboardName'] })],
  ['AWS::DynamoDB::Table', table],
  ['AWS::IAM::ManagedPolicy', managedPolicy],
  ['AWS::IAM::Policy', policy],
  ['AWS::IAM::Role', role],
  ['AWS::IAM::RolePolicy', rolePolicy],
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::Permission', permission],
  ['AWS::Lambda::Version', version],
  ['AWS::Logs::LogGroup', logGroup],
  ['AWS::Logs::MetricFilter', watching('logs', { replacedBy: ['FilterName', 'LogGroupName'] })],
  ['AWS::SNS::Subscription', watching('sns', { replacedBy: ['Endpoint', 'Protocol', 'TopicArn'] })],
  ['AWS::SNS::Topic', watching('sns', { named: 'TopicName', replacedBy: ['FifoTopic', 'TopicName'] })],
  ['AWS::SNS::TopicPolicy', watching('sns', {})],
  ['Custom::AWS', sdkCall],
  ['Custom::Trigger', trigger],
])

/** Any other custom resource invokes its provider's function. */
export function findResourceType(name: string): ResourceType | undefined {
  return resourceTypes.get(name) ?? (name.startsWith('Custom::') ? customResource : undefined)
}
