import { describe, expect, it } from '@jest/globals'
import { problems } from '@topic-credentials/grants'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { VendingMetrics } from './vending-metrics.js'

describe('VendingMetrics', () => {
  const stack = new Stack(undefined, 'Mine')
  const metrics = new VendingMetrics(stack, 'Metrics', { logGroup: new LogGroup(stack, 'Log') })
  const filters = Object.values(Template.fromStack(stack).findResources('AWS::Logs::MetricFilter')).map(
    ({ Properties: { FilterPattern, MetricTransformations } }) => ({ FilterPattern, ...MetricTransformations[0] }),
  )

  it('reads the members that the log has', () => {
    expect(filters).toEqual([
      expect.objectContaining({ MetricName: 'Vended', FilterPattern: '{ $.outcome = "vended" }', MetricValue: '1' }),
      expect.objectContaining({
        MetricName: 'PackedPolicySize',
        FilterPattern: '{ $.outcome = "vended" }',
        MetricValue: '$.packedPolicySize',
      }),
      expect.objectContaining({
        MetricName: 'Refused',
        FilterPattern: '{ $.status >= 400 }',
        Dimensions: [{ Key: 'Code', Value: '$.outcome' }],
      }),
    ])
  })

  it('keeps stacks apart', () => {
    expect(filters.map(({ MetricNamespace }) => MetricNamespace)).toEqual(Array(3).fill('TopicCredentials/Mine'))
    expect(metrics.vended.namespace).toBe('TopicCredentials/Mine')
  })

  it.each(Object.keys(problems))('names the refusals: %s', (code) => {
    expect(metrics.refused(code)).toMatchObject({ metricName: 'Refused', dimensions: { Code: code }, statistic: 'Sum' })
  })
})
