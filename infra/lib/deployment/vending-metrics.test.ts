import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { list } from '@topic-credentials/cdk/checks'
import { type LocalAws, startLocalAws } from '@topic-credentials/local-aws'
import { recordOf } from '@topic-credentials/project'
import { topicCredentialsApp } from '../app.js'

// Work, not waiting: on a busy machine it takes longer than jest's five seconds.
jest.setTimeout(120_000)

interface Line extends Record<string, unknown> {
  readonly _aws?: {
    readonly CloudWatchMetrics: {
      readonly Namespace: string
      readonly Dimensions: string[][]
      readonly Metrics: { readonly Name: string }[]
    }[]
  }
}

/** A metric by the properties that identify it in CloudWatch. */
function identity(namespace: unknown, name: unknown, dimensions: readonly string[]): string {
  return [namespace, name, ...dimensions].join(' ')
}

/** What CloudWatch would extract from a line of the log. */
function extracted(line: Line): string[] {
  return (line._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions, Metrics }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names) =>
        identity(
          Namespace,
          Name,
          names.map((name) => `${name}=${String(line[name])}`),
        ),
      ),
    ),
  )
}

describe('the metrics of the vending function, in the stand-in', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'vending-metrics-'))
  let template: { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> }
  let functionName = ''
  let aws: LocalAws
  const lines = (): Line[] => aws.logs(functionName).map(({ message }) => JSON.parse(message) as Line)

  beforeAll(async () => {
    const { template: synthesized } = topicCredentialsApp({ outdir, builtinCloudFormationValidation: false })
      .synth()
      .getStackByName('TopicCredentials')
    template = synthesized
    // With the deploy check, so that callers have vended and been refused through the API.
    aws = await startLocalAws({ assembly: outdir })
    functionName = String(aws.outputs.TopicCredentials?.FunctionName)
    const vendor = aws.functions.get(functionName)
    const apiId = vendor?.configuration.environment.API_ID
    const event = {
      routeKey: 'POST /credentials',
      requestContext: { apiId, authorizer: { iam: { userArn: `arn:aws:iam::${aws.accountId}:user/alice` } } },
    }
    aws.faults.sts.throttle(3)
    await vendor?.invoke(event)
    aws.faults.dynamodb?.throttle(2)
    await vendor?.invoke(event)
  })
  afterAll(async () => {
    await aws.close()
    rmSync(outdir, { recursive: true })
  })

  it('are in the line that says the same in words, one line for each request', () => {
    const entries = lines().filter(({ requestId }) => requestId !== undefined)
    expect(new Set(entries.map(({ requestId }) => requestId)).size).toBe(entries.length)
    const outcomes = entries.map(({ outcome, status, Vended, Refused }) => ({ outcome, status, Vended, Refused }))
    expect(outcomes).toContainEqual({ outcome: 'vended', status: 200, Vended: 1 })
    expect(outcomes).toContainEqual({ outcome: 'not_entitled', status: 403, Refused: 1 })
    expect(outcomes).toContainEqual({ outcome: 'throttled', status: 429, Refused: 1 })
    for (const { milliseconds, Latency, packedPolicySize, PackedPolicySize } of entries.filter(
      ({ Vended }) => Vended,
    )) {
      expect([Latency, PackedPolicySize]).toEqual([milliseconds, packedPolicySize])
    }
  })

  /** Name and dimensions of each metric of our own in the template: alarms, dashboard. */
  function watched(): { alarms: string[]; dashboard: string[] } {
    const resources = Object.values(template.Resources)
    const alarms = resources
      .filter(
        ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties.Namespace === 'TopicCredentials',
      )
      .map(({ Properties }) => {
        const dimensions = Properties.Dimensions as { Name: string; Value: unknown }[]
        const named = dimensions.map(({ Name, Value }) => `${Name}=${typeof Value === 'string' ? Value : functionName}`)
        return identity(Properties.Namespace, Properties.MetricName, named)
      })
    const [dashboardOf] = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Dashboard')
    const [, parts] = list(recordOf(dashboardOf?.Properties.DashboardBody)['Fn::Join'])
    const body = JSON.parse(
      list(parts)
        .map((part) => (typeof part === 'string' ? part : 'token'))
        .join(''),
    ) as {
      widgets: { properties: { metrics?: unknown[][] } }[]
    }
    const dashboard = body.widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => namespace === 'TopicCredentials')
      .map((metric) => {
        const [namespace, name, ...rest] = metric.filter((part) => typeof part === 'string')
        const pairs = rest.flatMap((key, index) => (index % 2 === 0 ? [`${key}=${rest[index + 1]}`] : []))
        return identity(
          namespace,
          name,
          pairs.map((pair) => pair.replace('=token', `=${functionName}`)),
        )
      })
    return { alarms, dashboard }
  }

  it('are what the alarms watch', () => {
    const seen = new Set(lines().flatMap(extracted))
    const { alarms } = watched()
    const refused = (outcome: string) => `TopicCredentials Refused FunctionName=${functionName} outcome=${outcome}`
    const caused = [
      `TopicCredentials PackedPolicySize FunctionName=${functionName}`,
      refused('access_unavailable'),
      refused('throttled'),
    ]
    // Those of the other two differ in the code alone, which their own tests cause.
    const others = [refused('access_unusable'), refused('beyond_ceiling')]
    expect(alarms.sort()).toEqual([...caused, ...others].sort())
    for (const alarm of caused) expect(seen).toContain(alarm)
  })

  it('are what the dashboard shows', () => {
    const { dashboard } = watched()
    const shown = new Set(dashboard)
    const seen = lines().flatMap(extracted)
    expect(seen.filter((metric) => !shown.has(metric))).toEqual([])
    const kinds = (metrics: readonly string[]) =>
      new Set(metrics.map((metric) => metric.replace(/outcome=.*/u, 'outcome')))
    for (const kind of kinds(dashboard)) expect(kinds(seen)).toContain(kind)
  })
})
