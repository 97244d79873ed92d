import { vendorMetrics } from '@topic-credentials/credential-vendor'
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'

/**
 * What the vending function measures: it writes each metric into the log entry that it is about, and CloudWatch reads it there
 * (docs/adr/0035). The names are the function's own.
 */
export class VendingMetrics {
  /** Credentials vended. */
  readonly vended: Metric
  /** The most that a session's policy took of STS's space, in percent: nothing is vended above 100. */
  readonly packedPolicySize: Metric
  readonly #dimensions: Readonly<Record<string, string>>

  constructor(vendor: IFunction) {
    this.#dimensions = { [vendorMetrics.functionDimension]: vendor.functionName }
    this.vended = this.#metric(vendorMetrics.vended, { statistic: 'Sum' })
    this.packedPolicySize = this.#metric(vendorMetrics.packedPolicySize, { statistic: 'Maximum' })
  }

  /** Requests that were refused with this problem code, such as `not_entitled` or `throttled`. */
  refused(code: string): Metric {
    return this.#metric(vendorMetrics.refused, { statistic: 'Sum' }, { [refusal]: code })
  }

  /** Milliseconds in which the function vended. @param statistic such as `p99` */
  latency(statistic: string): Metric {
    return this.#metric(vendorMetrics.latency, { statistic })
  }

  #metric(metricName: string, options: MetricOptions, more: Readonly<Record<string, string>> = {}): Metric {
    const dimensionsMap = { ...this.#dimensions, ...more }
    return new Metric({ namespace: vendorMetrics.namespace, metricName, dimensionsMap, ...options })
  }
}

const refusal = vendorMetrics.refusalDimension
