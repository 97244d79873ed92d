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
  /** SNS topic that is notified when an alarm starts and ends. @default - alarms are only shown on the dashboard */
  readonly alarmTopicArn?: string | undefined
}

/** An alarm that requires the attention of an operator. */
interface Watch {
  /** The alarm's logical ID. In lower case with hyphens, it is the alarm's section in docs/runbook.md. */
  readonly id: string
  readonly description: string
  readonly metric: IMetric
  /** The alarm is raised at this value. Default: 1. */
  readonly from?: number
  /** Consecutive periods of five minutes. Default: 1. */
  readonly periods?: number
}

/** Alarms for missing credentials and possible attacks, and a dashboard for the diagnosis. */
export class Monitoring extends Construct {
  readonly alarms: readonly Alarm[]
  readonly dashboard: Dashboard

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id)
    const topic =
      props.alarmTopicArn === undefined ? undefined : Topic.fromTopicArn(this, 'AlarmTopic', props.alarmTopicArn)
    this.alarms = watches(props).map(({ id: name, description, metric, from = 1, periods = 1 }) => {
      const alarm = new Alarm(this, name, {
        alarmDescription: `${description} What to do: docs/runbook.md#${anchor(name)}`,
        metric,
        threshold: from,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        // With few requests, p99 is the slowest one: a cold start.
        ...(metric.toMetricConfig().metricStat?.statistic.startsWith('p') === true
          ? { evaluateLowSampleCountPercentile: 'ignore' }
          : {}),
        // No requests is not an error.
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
      description: 'The vending function failed: it could not start, timed out or has a bug.',
      metric: vending.function.metricErrors({ period }),
    },
    {
      id: 'FunctionThrottles',
      description:
        'Invocations of the vending function were throttled: its reserved concurrency, or the limit of the account, is used up.',
      metric: vending.function.metricThrottles({ period }),
    },
    {
      id: 'ApiServerErrors',
      description: 'The API responded with 5xx: callers get no credentials because of a server error.',
      metric: api.api.metricServerError({ period, statistic: 'Sum' }),
    },
    {
      id: 'RefusalsSpike',
      description:
        'The API refused 100 or more requests in five minutes: a faulty client release, or an attacker probing the API.',
      metric: api.api.metricClientError({ period, statistic: 'Sum' }),
      from: 100,
    },
    {
      id: 'SlowVending',
      description:
        'For 15 minutes, 1 % of the requests took one second or longer, which is the timeout of the AWS SDKs.',
      metric: api.api.metricLatency({ period, statistic: 'p99' }),
      from: 1_000,
      periods: 3,
    },
    {
      id: 'PackedPolicySize',
      description:
        'A session policy used 80 % or more of the packed size limit of STS. Above 100 %, no credentials are vended.',
      metric: vending.metrics.packedPolicySize.with({ period }),
      from: 80,
    },
    ...(vending.accessTable === undefined
      ? []
      : [
          {
            id: 'AccessUnavailable',
            description:
              'The access table could not be read because it is unavailable or throttled. No user gets new credentials.',
            metric: vending.metrics.refused('access_unavailable').with({ period }),
          },
          {
            id: 'AccessUnusable',
            description:
              'An item of the access table is not valid. The user, or the members of the group or role, get no credentials.',
            metric: vending.metrics.refused('access_unusable').with({ period }),
          },
          {
            id: 'BeyondCeiling',
            description: 'A grant exceeds the ceiling of the topic role. Each vend with this grant is refused.',
            metric: vending.metrics.refused('beyond_ceiling').with({ period }),
          },
        ]),
    {
      id: 'StsThrottling',
      description: 'STS throttled the vendor: the 600 calls per second of the account in this Region are used up.',
      metric: vending.metrics.refused('throttled').with({ period }),
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
      graph('Function: errors, throttles, concurrency', [
        vending.function.metricErrors({ period }),
        vending.function.metricThrottles({ period }),
        vending.function.metric('ConcurrentExecutions', { period, statistic: 'Maximum' }),
      ]),
      ...(vending.accessTable === undefined ? [] : [tableGraph(vending.accessTable)]),
      graph('Largest session policy, in percent of the limit of STS', [
        vending.metrics.packedPolicySize.with({ period }),
      ]),
    ],
  ]
}

/** Load and throttling of the table; on the right, how long the vendor's reads take, in milliseconds. */
function tableGraph({ table }: AccessTable): GraphWidget {
  const read = { Operation: 'BatchGetItem', TableName: table.tableName }
  const latency = (statistic: string) =>
    table.metricSuccessfulRequestLatency({ period, statistic, dimensionsMap: read, label: `Reads ${statistic}, ms` })
  return new GraphWidget({
    title: 'Access table',
    width: 8,
    left: [
      table.metricConsumedReadCapacityUnits({ period, label: 'Read units' }),
      table.metricConsumedWriteCapacityUnits({ period, label: 'Write units' }),
      table.metric('ThrottledRequests', { period, statistic: 'Sum', dimensionsMap: read, label: 'Reads throttled' }),
    ],
    right: [latency('p50'), latency('p99')],
  })
}

/** `StsThrottling` is the section `sts-throttling`. */
function anchor(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/gu, '-').toLowerCase()
}
