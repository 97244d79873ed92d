import { Stack } from 'aws-cdk-lib'
import { Metric, Unit } from 'aws-cdk-lib/aws-cloudwatch'
import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

/** Properties of {@link VendingMetrics}. */
export interface VendingMetricsProps {
  /** Where the vending function writes one JSON entry for each request. */
  readonly logGroup: ILogGroup
}

/**
 * What the vending function does, as CloudWatch metrics in the namespace `TopicCredentials/STACK`. CloudWatch counts the log's
 * own entries, so metric and log cannot disagree and the function carries no code for it (docs/adr/0035). How long
 * requests take is in AWS's own metrics of the function and the API.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export class VendingMetrics extends Construct {
  /** Credentials vended. */
  readonly vended: Metric
  /** The most that a session's policy took of STS's space, in percent: nothing is vended above 100. */
  readonly packedPolicySize: Metric
  private readonly namespace: string

  constructor(scope: Construct, id: string, { logGroup }: VendingMetricsProps) {
    super(scope, id)
    this.namespace = `TopicCredentials/${Stack.of(this).stackName}`
    const vended = { logGroup, metricNamespace: this.namespace, filterPattern: FilterPattern.literal(isVended) }
    this.vended = new MetricFilter(this, 'Vended', {
      ...vended,
      metricName: 'Vended',
      metricValue: '1',
      defaultValue: 0,
      unit: Unit.COUNT,
    }).metric({ statistic: 'Sum' })
    this.packedPolicySize = new MetricFilter(this, 'PackedPolicySize', {
      ...vended,
      metricName: 'PackedPolicySize',
      metricValue: '$.packedPolicySize',
      unit: Unit.PERCENT,
    }).metric({ statistic: 'Maximum' })
    new MetricFilter(this, 'Refused', {
      logGroup,
      metricNamespace: this.namespace,
      filterPattern: FilterPattern.literal('{ $.status >= 400 }'),
      metricName: 'Refused',
      metricValue: '1',
      dimensions: { Code: '$.outcome' },
      unit: Unit.COUNT,
    })
  }

  /** Requests that were refused with this problem code, such as `not_entitled` or `throttled`. */
  refused(code: string): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName: 'Refused',
      dimensionsMap: { Code: code },
      statistic: 'Sum',
    })
  }
}

const isVended = '{ $.outcome = "vended" }'
