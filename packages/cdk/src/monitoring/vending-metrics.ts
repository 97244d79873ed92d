import { vendorMetrics } from '@topic-credentials/credential-vendor'
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'

/**
 * The metrics of the vending function. The function writes each metric into its log entries, where CloudWatch extracts it
 * (`metrics.ts` there). The names come from the function's package.
 */
export class VendingMetrics {
  /** Credentials vended. */
  readonly vended: Metric
  /** Largest packed session policy, in percent of STS's limit. Above 100, no credentials are vended. */
  readonly packedPolicySize: Metric
  readonly #dimensions: Readonly<Record<string, string>>

  constructor(vendor: IFunction) {
    this.#dimensions = { [vendorMetrics.functionDimension]: vendor.functionName }
    this.vended = this.#metric(vendorMetrics.vended, { statistic: 'Sum' })
    this.packedPolicySize = this.#metric(vendorMetrics.packedPolicySize, { statistic: 'Maximum' })
  }

  /** Requests refused with this problem code, such as `not_entitled` or `throttled`. */
  refused(code: string): Metric {
    return this.#metric(vendorMetrics.refused, { statistic: 'Sum' }, { [refusal]: code })
  }

  /** Duration of successful vends, in milliseconds. @param statistic such as `p99` */
  latency(statistic: string): Metric {
    return this.#metric(vendorMetrics.latency, { statistic })
  }

  #metric(metricName: string, options: MetricOptions, more: Readonly<Record<string, string>> = {}): Metric {
    const dimensionsMap = { ...this.#dimensions, ...more }
    return new Metric({ namespace: vendorMetrics.namespace, metricName, dimensionsMap, ...options })
  }
}

const refusal = vendorMetrics.refusalDimension
