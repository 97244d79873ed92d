/**
 * The names of the function's CloudWatch metrics. The stack's alarms and dashboard import them.
 *
 * | metric | unit | written for each |
 * | --- | --- | --- |
 * | `Vended` | count | vend |
 * | `PackedPolicySize` | percent of STS's limit | vend |
 * | `Latency` | milliseconds | vend |
 * | `Refused` | count | refusal, by `outcome`: the problem's code |
 *
 * Every metric has the dimension `FunctionName`, like AWS's own metrics of the function. Users and topics are not dimensions, because
 * each combination would be billed as a metric.
 */
export const vendorMetrics = {
  namespace: 'TopicCredentials',
  functionDimension: 'FunctionName',
  refusalDimension: 'outcome',
  vended: 'Vended',
  refused: 'Refused',
  latency: 'Latency',
  packedPolicySize: 'PackedPolicySize',
} as const
