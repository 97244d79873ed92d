import { RemovalPolicy } from 'aws-cdk-lib'
import { Key } from 'aws-cdk-lib/aws-kms'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** Settings of every log of the stack. */
export interface LogProps {
  /** @default - three months; one month for logs that only deployments write */
  readonly logRetention?: RetentionDays | undefined
  /**
   * KMS key that encrypts the logs. Its key policy must allow `logs.REGION.amazonaws.com` to use it.
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @default - CloudWatch Logs' own encryption
   */
  readonly logKeyArn?: string | undefined
  /** Whether logs are kept when the stack is destroyed. @default true */
  readonly keepLogs?: boolean | undefined
}

/**
 * A log group with the stack's settings.
 *
 * @param own its fixed name, if any, and whether only deployments write to it
 */
export function logGroup(
  scope: Construct,
  id: string,
  props: LogProps,
  own: { readonly name?: string; readonly atDeployments?: boolean } = {},
): LogGroup {
  const { logRetention, logKeyArn, keepLogs = true } = props
  return new LogGroup(scope, id, {
    retention: logRetention ?? (own.atDeployments === true ? RetentionDays.ONE_MONTH : RetentionDays.THREE_MONTHS),
    ...(own.name === undefined ? {} : { logGroupName: own.name }),
    ...(logKeyArn === undefined ? {} : { encryptionKey: Key.fromKeyArn(scope, `${id}Key`, logKeyArn) }),
    removalPolicy: keepLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  })
}
