import { api, authorizer, integration, route, stage } from './apigateway.js'
import { sdkCall, trigger } from './custom.js'
import { table } from './dynamodb.js'
import { managedPolicy, policy, role, rolePolicy } from './iam.js'
import { cdkMetadata, logGroup, watching } from './inert.js'
import { lambdaFunction, permission, version } from './lambda.js'
import type { ResourceType } from './resource-type.js'

/** Every resource type that can be realised. Any other fails, by name. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map([
  ['AWS::ApiGatewayV2::Api', api],
  ['AWS::ApiGatewayV2::Authorizer', authorizer],
  ['AWS::ApiGatewayV2::Integration', integration],
  ['AWS::ApiGatewayV2::Route', route],
  ['AWS::ApiGatewayV2::Stage', stage],
  ['AWS::CDK::Metadata', cdkMetadata],
  ['AWS::CloudWatch::Alarm', watching('cloudwatch')],
  ['AWS::CloudWatch::CompositeAlarm', watching('cloudwatch')],
  ['AWS::CloudWatch::Dashboard', watching('cloudwatch')],
  ['AWS::DynamoDB::Table', table],
  ['AWS::IAM::ManagedPolicy', managedPolicy],
  ['AWS::IAM::Policy', policy],
  ['AWS::IAM::Role', role],
  ['AWS::IAM::RolePolicy', rolePolicy],
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::Permission', permission],
  ['AWS::Lambda::Version', version],
  ['AWS::Logs::LogGroup', logGroup],
  ['AWS::Logs::MetricFilter', watching('logs')],
  ['AWS::SNS::Subscription', watching('sns')],
  ['AWS::SNS::Topic', watching('sns')],
  ['AWS::SNS::TopicPolicy', watching('sns')],
  ['Custom::AWS', sdkCall],
  ['Custom::Trigger', trigger],
])
