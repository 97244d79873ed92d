import { describe, expect, it } from '@jest/globals'
import { problems } from '@topic-credentials/grants'
import type { LogEntry } from './log.js'
import { embeddedMetrics } from './metrics.js'

const entry: LogEntry = { outcome: 'vended', status: 200, requestId: 'r', route: 'POST /credentials', milliseconds: 7 }
const vended: LogEntry = { ...entry, packedPolicySize: 12, userId: 'alice' }

/** An EMF document. CloudWatch drops a document whose directive names a missing member. */
interface Embedded extends Record<string, unknown> {
  readonly _aws: {
    readonly Timestamp: number
    readonly CloudWatchMetrics: [
      {
        readonly Namespace: string
        readonly Dimensions: string[][]
        readonly Metrics: { Name: string; Unit: string }[]
      },
    ]
  }
}

describe('embeddedMetrics', () => {
  const measure = embeddedMetrics('vendor') as (entry: LogEntry) => Embedded

  it('counts vends, with their latency and packed policy size', () => {
    expect(measure(vended)).toEqual({
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: 'TopicCredentials',
            Dimensions: [['FunctionName']],
            Metrics: [
              { Name: 'Vended', Unit: 'Count' },
              { Name: 'PackedPolicySize', Unit: 'Percent' },
              { Name: 'Latency', Unit: 'Milliseconds' },
            ],
          },
        ],
      },
      FunctionName: 'vendor',
      Vended: 1,
      PackedPolicySize: 12,
      Latency: 7,
    })
  })

  it.each(Object.keys(problems))('counts refusals by code: %s', (outcome) => {
    const { _aws, ...members } = measure({ ...entry, outcome, status: 403, packedPolicySize: undefined })
    expect(members).toEqual({ FunctionName: 'vendor', outcome, Refused: 1 })
    expect(_aws.CloudWatchMetrics[0].Dimensions).toEqual([['FunctionName', 'outcome']])
    expect(_aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name)).toEqual(['Refused'])
  })

  it('keeps nothing of an earlier entry, and never uses a user as a dimension', () => {
    const first = measure(vended)
    measure({ ...entry, outcome: 'throttled', status: 429 })
    expect({ ...measure(vended), _aws: {} }).toEqual({ ...first, _aws: {} })
    expect(JSON.stringify(measure(vended))).not.toContain('alice')
  })

  it('writes every member that the directive names, and overwrites none of the log entry', () => {
    for (const given of [vended, { ...entry, outcome: 'internal', status: 500 }]) {
      const document = measure(given)
      const [{ Dimensions, Metrics }] = document._aws.CloudWatchMetrics
      for (const name of Metrics.map(({ Name }) => Name)) expect(typeof document[name]).toBe('number')
      for (const name of Dimensions.flat()) expect(typeof document[name]).toBe('string')
      for (const [name, value] of Object.entries(given)) {
        if (name in document) expect(document[name]).toBe(value)
      }
    }
  })
})
