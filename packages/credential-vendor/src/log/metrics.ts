import type { Measure } from './log.js'
import { vendorMetrics } from './metric-names.js'

/** A metric value and its CloudWatch unit. */
type Values = Readonly<Record<string, readonly [value: number, unit: 'Count' | 'Percent' | 'Milliseconds']>>

/**
 * {@link Measure} in embedded metric format: CloudWatch extracts the metrics from the log line. Metrics and log cannot differ, and neither
 * an API call nor a permission is needed. Metric filters would repeat the names and have no percentiles; a library for the format would take a
 * twentieth of the bundle. A user or a topic is never a dimension, because each combination costs 0.30 USD a month. The function's log level
 * must stay INFO.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics(functionName: string): Measure {
  const byFunction = { [vendorMetrics.functionDimension]: functionName }
  return ({ outcome, status, packedPolicySize = 0, milliseconds }) =>
    status < 400
      ? embedded(byFunction, {
          [vendorMetrics.vended]: [1, 'Count'],
          [vendorMetrics.packedPolicySize]: [packedPolicySize, 'Percent'],
          [vendorMetrics.latency]: [milliseconds, 'Milliseconds'],
        })
      : embedded(
          { ...byFunction, [vendorMetrics.refusalDimension]: outcome },
          { [vendorMetrics.refused]: [1, 'Count'] },
        )
}

function embedded(dimensions: Readonly<Record<string, string>>, values: Values): object {
  const metrics = Object.entries(values)
  const directive = {
    Namespace: vendorMetrics.namespace,
    Dimensions: [Object.keys(dimensions)],
    Metrics: metrics.map(([Name, [, Unit]]) => ({ Name, Unit })),
  }
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [directive] },
    ...dimensions,
    ...Object.fromEntries(metrics.map(([name, [value]]) => [name, value])),
  }
}
