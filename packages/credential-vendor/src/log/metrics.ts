import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import type { Measure } from './log.js'
import { vendorMetrics } from './metric-names.js'

/**
 * {@link Measure} in embedded metric format: CloudWatch takes the metrics out of the line that is logged anyway, so metric and
 * log cannot disagree, and no call and no permission is needed.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(functionName: string): Measure {
  const metrics = new Metrics({ namespace: vendorMetrics.namespace })
  metrics.clearDefaultDimensions()
  metrics.setDefaultDimensions({ [vendorMetrics.functionDimension]: functionName })
  return ({ outcome, status, packedPolicySize, milliseconds }) => {
    if (status < 400) {
      metrics.addMetric(vendorMetrics.vended, MetricUnit.Count, 1)
      metrics.addMetric(vendorMetrics.packedPolicySize, MetricUnit.Percent, packedPolicySize ?? 0)
      metrics.addMetric(vendorMetrics.latency, MetricUnit.Milliseconds, milliseconds)
    } else {
      metrics.addDimension(vendorMetrics.refusalDimension, outcome)
      metrics.addMetric(vendorMetrics.refused, MetricUnit.Count, 1)
    }
    const members = metrics.serializeMetrics()
    metrics.clearMetrics()
    metrics.clearDimensions()
    return members
  }
}
