import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { AccessTable } from '../constructs/access-table.js'
import { CredentialsApi } from '../constructs/credentials-api.js'
import type { VendingFunction } from '../constructs/vending-function.js'
import { propertiesOf, synthesized } from '../testing/synthesized.js'
import { Monitoring } from './monitoring.js'
import { VendingMetrics } from './vending-metrics.js'

const runbook = readFileSync(new URL('../../../../docs/runbook.md', import.meta.url), 'utf8')
const topic = 'arn:aws:sns:eu-west-1:123456789012:on-call'

function monitoring(alarmTopicArn?: string, withTable = false) {
  return synthesized((stack) => {
    const code = Code.fromInline('exports.handler = async () => ({})')
    const handler = new LambdaFunction(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code,
    })
    new Monitoring(stack, 'It', {
      vending: {
        function: handler,
        metrics: new VendingMetrics(handler),
        accessTable: withTable ? new AccessTable(stack, 'Access') : undefined,
      } as Partial<VendingFunction> as VendingFunction,
      api: new CredentialsApi(stack, 'Api', { handler }),
      alarmTopicArn,
    })
  })
}

interface AlarmProperties {
  readonly AlarmDescription: string
  readonly MetricName: string
  readonly Dimensions?: { readonly Name: string; readonly Value: unknown }[]
  readonly Threshold: number
  readonly EvaluationPeriods: number
  readonly ComparisonOperator: string
  readonly TreatMissingData: string
  readonly ExtendedStatistic?: string
  readonly EvaluateLowSampleCountPercentile?: string
  readonly Statistic?: string
  readonly AlarmActions?: string[]
  readonly OKActions?: string[]
}

function alarms(alarmTopicArn?: string, withTable = false): AlarmProperties[] {
  return Object.values(monitoring(alarmTopicArn, withTable).findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties,
  )
}

describe('Monitoring', () => {
  it.each([
    ['Errors', 'Sum', 1, 1],
    ['Throttles', 'Sum', 1, 1],
    ['5xx', 'Sum', 1, 1],
    ['4xx', 'Sum', 100, 1],
    ['Latency', 'p99', 1000, 3],
    ['PackedPolicySize', 'Maximum', 80, 1],
    ['Refused', 'Sum', 1, 1],
  ])('watches %s', (metric, statistic, threshold, periods) => {
    const found = alarms().filter(({ MetricName }) => MetricName === metric)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatchObject({
      Threshold: threshold,
      EvaluationPeriods: periods,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
    })
    expect(found[0]?.Statistic ?? found[0]?.ExtendedStatistic).toBe(statistic)
    expect(found[0]?.EvaluateLowSampleCountPercentile).toBe(statistic.startsWith('p') ? 'ignore' : undefined)
  })

  it('has a section of the runbook for each alarm', () => {
    const sections = [...runbook.matchAll(/^## (.+)$/gmu)].map(([, title = '']) =>
      title.toLowerCase().replaceAll(' ', '-'),
    )
    const named = alarms(undefined, true).map(
      ({ AlarmDescription }) => /docs\/runbook\.md#([a-z0-9-]+)$/u.exec(AlarmDescription)?.[1],
    )
    expect(named).toHaveLength(10)
    for (const section of named) expect(sections).toContain(section)
  })

  it.each(['access_unavailable', 'access_unusable', 'beyond_ceiling'])('watches %s of the access table', (code) => {
    const ofCode = (found: readonly AlarmProperties[]) =>
      found.filter(({ Dimensions = [] }) => Dimensions.some(({ Name, Value }) => Name === 'outcome' && Value === code))
    expect(ofCode(alarms(undefined, true))).toMatchObject([{ MetricName: 'Refused', Statistic: 'Sum', Threshold: 1 }])
    expect(ofCode(alarms())).toEqual([])
  })

  it('notifies the SNS topic when an alarm starts and when it ends', () => {
    for (const { AlarmActions, OKActions } of alarms(topic)) {
      expect([AlarmActions, OKActions]).toEqual([[topic], [topic]])
    }
    for (const alarm of alarms()) expect(alarm).not.toHaveProperty('AlarmActions')
  })

  it('shows all metrics on one dashboard', () => {
    const body = JSON.stringify(propertiesOf(monitoring(), 'AWS::CloudWatch::Dashboard').DashboardBody)
    for (const shown of [
      'Vended',
      'not_entitled',
      'throttled',
      'p99',
      'ConcurrentExecutions',
      'PackedPolicySize',
      'Alarms',
    ]) {
      expect(body).toContain(shown)
    }
    const withTable = JSON.stringify(
      propertiesOf(monitoring(undefined, true), 'AWS::CloudWatch::Dashboard').DashboardBody,
    )
    for (const shown of [
      'ConsumedReadCapacityUnits',
      'ThrottledRequests',
      'SuccessfulRequestLatency',
      'BatchGetItem',
    ]) {
      expect(withTable).toContain(shown)
      expect(body).not.toContain(shown)
    }
  })
})
