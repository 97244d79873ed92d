/**
 * What the function measures, as CloudWatch knows it. The stack's alarms and dashboard read these names from here.
 *
 * | metric | unit | in each entry of the log that |
 * | --- | --- | --- |
 * | `Vended` | count | vends |
 * | `PackedPolicySize` | percent of what STS has room for | vends |
 * | `Latency` | milliseconds | vends |
 * | `Refused` | count | refuses, by `outcome`: the problem's code |
 *
 * Every metric has the dimension `FunctionName`, as AWS's own metrics of the function have. Neither users nor topics are
 * dimensions: each combination is a metric that is paid for.
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
