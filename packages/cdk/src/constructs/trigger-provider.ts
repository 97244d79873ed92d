import { type CfnElement, type CfnResource, type CustomResourceProviderBase, Stack, Validations } from 'aws-cdk-lib'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import { type LogProps, logGroup } from './logs.js'

/**
 * Removes unneeded permissions from the CDK's trigger function, once per stack: AWSLambdaBasicExecutionRole, which allows writing to every
 * log group of the account, and a log without expiration.
 *
 * @param handler of an existing trigger
 * @returns the provider, which belongs to the stack and not to the trigger
 */
export function narrowTriggers(handler: LambdaFunction, props: LogProps): CustomResourceProviderBase {
  const stack = Stack.of(handler)
  const provider = stack.node.findChild(
    'AWSCDK.TriggerCustomResourceProviderCustomResourceProvider',
  ) as CustomResourceProviderBase
  const role = provider.node.findChild('Role') as CfnResource
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${stack.getLogicalId(handler.node.defaultChild as CfnElement)}.Arn>:*]`,
    reason: 'Versions of one function, of which there are none: the CDK writes this statement',
  })
  // The CDK allows only versions of the function, and the check has none.
  provider.addToRolePolicy({
    Sid: 'InvokeLatest',
    Effect: 'Allow',
    Action: ['lambda:InvokeFunction'],
    Resource: [handler.functionArn],
  })
  if (provider.node.tryFindChild('Log') !== undefined) return provider
  const log = logGroup(provider, 'Log', props, { atDeployments: true })
  provider.addToRolePolicy({
    Sid: 'WriteOwnLog',
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [log.logGroupArn],
  })
  role.addPropertyOverride('Description', 'Invokes the functions that a deployment waits for: the deploy check')
  role.addPropertyDeletionOverride('ManagedPolicyArns')
  const starter = provider.node.findChild('Handler') as CfnResource
  starter.addPropertyOverride('LoggingConfig', { LogGroup: stack.resolve(log.logGroupName) })
  return provider
}
