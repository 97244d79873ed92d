import { problems } from '@topic-credentials/grants'
import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { Construct } from 'constructs'
import type { AccessTable } from '../constructs/access-table.js'
import type { CredentialsApi } from '../constructs/credentials-api.js'
import type { VendingFunction } from '../constructs/vending-function.js'

/** Properties of {@link Monitoring}. */
export interface MonitoringProps {
  readonly vending: VendingFunction
  readonly api: CredentialsApi
  /** SNS topic that is told when an alarm begins and when it ends. @default - alarms are seen on the dashboard alone */
  readonly alarmTopicArn?: string | undefined
}

/** When somebody has to look, and where to look. */
interface Watch {
  /** The alarm's name in the template, and in lower case with hyphens its section in docs/runbook.md. */
  readonly id: string
  readonly description: string
  readonly metric: IMetric
  /** The alarm goes off at this value. */
  readonly from: number
  /** Periods of five minutes in a row. */
  readonly periods?: number
}

/** Alarms on what keeps users from their credentials or looks like an attack, and a dashboard that shows why. */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[]
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id)
    const topic =
      props.alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, 'AlarmTopic', props.alarmTopicArn)
    this.alarms = watches(props).map(({ id: name, description, metric, from, periods = 1 }) => {
      const alarm = new Alarm(this, name, {
        alarmDescription: `${description} What to do: docs/runbook.md#${anchor(name)}`,
        metric,
        threshold: from,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // Of a few requests, p99 is the slowest one: a cold start.
        ...(metric.toMetricConfig().metricStat?.statistic.startsWith('p') === true
          ? { evaluateLowSampleCountPercentile: 'ignore' }
          : {}),
        // Nobody asking for credentials is no fault.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
      if (topic !== undefined) {
        alarm.addAlarmAction(new SnsAction(topic))
        alarm.addOkAction(new SnsAction(topic))
      }
      return alarm
    })
    this.dashboard = new Dashboard(this, 'Dashboard', { defaultInterval: Duration.days(1), widgets: widgets(props) })
    this.dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', width: 24, alarms: [...this.alarms] }))
  }
}

const period = Duration.minutes(5)

function watches({ vending, api }: MonitoringProps): Watch[] {
  return [
    {
      id: 'FunctionErrors',
      description: 'The vending function failed: it could not start, ran out of time or has a defect.',
      metric: vending.function.metricErrors({ period }),
      from: 1,
    },
    {
      id: 'FunctionThrottles',
      description:
        'Calls of the vending function were turned away: its concurrency, or the limit of the account, is used up.',
      metric: vending.function.metricThrottles({ period }),
      from: 1,
    },
    {
      id: 'ApiServerErrors',
      description: 'The API answered 5xx: no credentials, and not through any fault of the caller.',
      metric: api.api.metricServerError({ period, statistic: 'Sum' }),
      from: 1,
    },
    {
      id: 'RefusalsSpike',
      description:
        'The API refused 100 requests or more in five minutes: a wrong release of a client, or somebody probing.',
      metric: api.api.metricClientError({ period, statistic: 'Sum' }),
      from: 100,
    },
    {
      id: 'SlowVending',
      description:
        'One request in a hundred took a second or longer for 15 minutes: that is when AWS SDKs give up waiting.',
      metric: api.api.metricLatency({ period, statistic: 'p99' }),
      from: 1_000,
      periods: 3,
    },
    {
      id: 'PackedPolicySize',
      description: 'A session policy took 80 % or more of the space that STS has: above 100 % nothing is vended.',
      metric: vending.metrics.packedPolicySize.with({ period }),
      from: 80,
    },
    ...(vending.accessTable === undefined
      ? []
      : [
          {
            id: 'AccessUnavailable',
            description:
              'The access table could not be read: it is down or throttled, and nobody gets new credentials.',
            metric: vending.metrics.refused('access_unavailable').with({ period }),
            from: 1,
          },
          {
            id: 'AccessUnusable',
            description: 'An item of the access table cannot be read: whom it is about gets no credentials.',
            metric: vending.metrics.refused('access_unusable').with({ period }),
            from: 1,
          },
          {
            id: 'BeyondCeiling',
            description: 'Something is granted that the topic role does not reach: it is refused at each vend.',
            metric: vending.metrics.refused('beyond_ceiling').with({ period }),
            from: 1,
          },
        ]),
    {
      id: 'StsThrottling',
      description: 'STS turned the vendor away: the 600 calls per second of account and Region are used up.',
      metric: vending.metrics.refused('throttled').with({ period }),
      from: 1,
    },
  ]
}

function widgets({ vending, api }: MonitoringProps): GraphWidget[][] {
  const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, width: 8, left })
  const refusals = Object.keys(problems).map((code) => vending.metrics.refused(code).with({ period, label: code }))
  return [
    [
      graph('Vended', [vending.metrics.vended.with({ period })]),
      graph('Refused by the vendor, by code', refusals),
      graph('Refused by the API (4xx), failed (5xx)', [
        api.api.metricClientError({ period, statistic: 'Sum' }),
        api.api.metricServerError({ period, statistic: 'Sum' }),
      ]),
    ],
    [
      graph('Latency in milliseconds: the API, and vending in it', [
        ...['p50', 'p99'].map((statistic) => api.api.metricLatency({ period, statistic, label: `API ${statistic}` })),
        ...['p50', 'p99'].map((statistic) =>
          vending.metrics.latency(statistic).with({ period, label: `Vended ${statistic}` }),
        ),
      ]),
      graph('Function: errors, throttles, at once', [
        vending.function.metricErrors({ period }),
        vending.function.metricThrottles({ period }),
        vending.function.metric('ConcurrentExecutions', { period, statistic: 'Maximum' }),
      ]),
      ...(vending.accessTable === undefined ? [] : [graph('Access table', tableMetrics(vending.accessTable))]),
      graph('Largest session policy, in percent of what STS takes', [
        vending.metrics.packedPolicySize.with({ period }),
      ]),
    ],
  ]
}

function tableMetrics({ table }: AccessTable): IMetric[] {
  return [
    table.metricConsumedReadCapacityUnits({ period, label: 'Read units' }),
    table.metricConsumedWriteCapacityUnits({ period, label: 'Write units' }),
    table.metricUserErrors({ period, label: 'Refused by DynamoDB' }),
  ]
}

/** `StsThrottling` is the section `sts-throttling`. */
function anchor(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase()
}
