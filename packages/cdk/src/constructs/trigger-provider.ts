import { type CfnElement, type CfnResource, type CustomResourceProviderBase, Stack, Validations } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { type LogProps, logGroup } from './logs.js'

/**
 * Takes from the function that the CDK starts triggers with what it does not need, once for each stack: leave to write to
 * every log group of the account (AWSLambdaBasicExecutionRole), and a log that is kept for ever.
 *
 * @param handler of a trigger; the trigger is there already.
 * @returns what is narrowed: it is the stack's, not the trigger's.
 */
export function narrowTriggers(handler: LambdaFunction, props: LogProps): CustomResourceProviderBase {
  const stack = Stack.of(handler)
  const provider = stack.node.findChild(
    'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider',
  ) as CustomResourceProviderBase
  const role = provider.node.findChild('Role') as CfnResource
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(handler.node.defaultChild as CfnElement)}.Arn>:*]`,
    reason: 'Every version of the one function: the version that runs is new at each change',
  })
  if (provider.node.tryFindChild('Log') !== undefined) return provider
  const log = logGroup(provider, 'Log', props, { atDeployments: true })
  provider.addToRolePolicy({
    Sid: 'WriteOwnLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [log.logGroupArn],
  })
  role.addPropertyOverride('Description', 'Starts the functions that a deployment waits for: the deploy check')
  role.addPropertyDeletionOverride('ManagedPolicyArns')
  const starter = provider.node.findChild('Handler') as CfnResource
  starter.addPropertyOverride('LoggingConfig', { LogGroup: stack.resolve(log.logGroupName) })
  return provider
}
