import { expect, it } from '@jest/globals'
import type { MqttMessage, ObservedDecision } from '@topic-credentials/local-aws'
import { viewOf } from '../questions/decision-view.js'
import { Records } from './records.js'

function statement(Sid: string, Effect: string) {
  return { Sid, Effect, Action: 'iot:*', Resource: '*' }
}

function decided(more: Partial<ObservedDecision> = {}): ObservedDecision {
  return {
    at: 1,
    accessKeyId: 'ASIA1',
    principal: 'arn:aws:sts::123456789012:assumed-role/topics/alice',
    clientId: 'alice:1',
    action: 'iot:Publish',
    resource: 'arn:aws:iot:us-east-1:123456789012:topic/devices/1/state',
    allowed: false,
    policy: undefined,
    statement: undefined,
    reason: 'no statement in session policy allows it',
    policies: { identity: [], session: [] },
    ...more,
  }
}

function vended(records: Records): void {
  const grants = { publish: ['users/alice/#'], subscribe: ['test'], retain: [] }
  const line = JSON.stringify({ outcome: 'vended', accessKeyId: 'ASIA1', userId: 'alice@example.com', grants })
  records.journal({ at: 1, service: 'lambda', event: 'Log', outcome: 'ok', detail: `START\n${line}`, fields: {} })
}

function message(payload: string): MqttMessage {
  const properties = {} as MqttMessage['properties']
  return { topic: 'a', payload: Buffer.from(payload), qos: 1, retain: false, properties, from: 'bob:1', receivedAt: 2 }
}

it('a refusal is the user’s whose credentials they are, with the grant that comes nearest', () => {
  const records = new Records()
  vended(records)
  records.decision(decided())
  const [row] = records.take()?.decisions ?? []
  expect(row).toMatchObject({ who: 'alice@example.com', operation: 'Publish', on: 'devices/1/state', allowed: false })
  const kept = records.find(row?.id ?? 0)
  if (kept === undefined) throw new Error('it is kept')
  const view = viewOf(kept, records.vends.of('ASIA1'))
  expect(view.grant).toMatchObject({ allowed: false, nearest: 'publish users/alice/#' })
  expect(view.grant?.sentence).toContain('"devices/1/state" is not granted')
})

it('the statement that decided is marked, by its Sid and by its place', () => {
  const records = new Records()
  const document = {
    Version: '2012-10-17',
    Statement: [{ ...statement('', 'Allow'), Sid: undefined }, statement('No', 'Deny')],
  }
  const policies = { identity: [{ name: 'ceiling', document }], session: [{ name: 'session policy', document }] }
  for (const [policy, name, marks] of [
    [
      'ceiling',
      'No',
      [
        [false, false],
        [false, true],
      ],
    ],
    [
      'session policy',
      '#0',
      [
        [true, false],
        [false, false],
      ],
    ],
    [
      undefined,
      undefined,
      [
        [false, false],
        [false, false],
      ],
    ],
  ] as const) {
    records.decision(decided({ policies, policy, statement: name }))
    const kept = records.find(records.take()?.decisions[0]?.id ?? 0)
    if (kept === undefined) throw new Error('it is kept')
    const views = viewOf(kept, undefined).policies
    expect(views.map(({ kind }) => kind)).toEqual(['session', 'identity'])
    expect(views.map(({ statements }) => statements.map((one) => one.decided))).toEqual(marks)
  }
})

it('refusals stay when what is allowed floods; a batch is never longer than a page can show', () => {
  const records = new Records()
  records.decision(decided())
  for (let count = 0; count < 5_000; count++) records.decision(decided({ allowed: true }))
  const { decisions = [], skipped = 0 } = records.take() ?? {}
  expect({ shown: decisions.length, skipped }).toEqual({ shown: 100, skipped: 4_901 })
  expect(records.all().decisions.filter(({ allowed }) => !allowed)).toHaveLength(1)
  expect(records.all().decisions.length).toBeLessThanOrEqual(1_000)
  expect(records.take()).toBeUndefined()
})

it('a message has its receivers, and the clients that did not receive it', () => {
  const records = new Records()
  const one = message('hello')
  records.message(one)
  records.delivery(one, 'alice:1', 'sent')
  records.delivery(one, 'carol:1', 'waits')
  records.delivery(one, 'carol:1', 'refused')
  records.delivery(message('another'), 'alice:1', 'sent')
  const batch = records.take()
  expect(batch?.messages).toMatchObject([{ topic: 'a', from: 'bob:1', bytes: 5 }])
  expect(records.all().messages[0]?.deliveries).toEqual({ 'alice:1': 'sent', 'carol:1': 'refused' })
  expect(records.payload(batch?.messages[0]?.id ?? 0)?.toString()).toBe('hello')
})

it('a refused vend has its reason and its user', () => {
  const records = new Records()
  const line = JSON.stringify({
    outcome: 'not_entitled',
    userId: 'bob',
    apiRequestId: 'r1',
    reason: 'it is not granted',
  })
  records.journal({ at: 1, service: 'lambda', event: 'Log', outcome: 'ok', detail: line, fields: {} })
  const event = { service: 'execute-api', event: 'POST /credentials', outcome: 'refused' } as const
  records.journal({ at: 2, ...event, fields: { status: 403, requestId: 'r1' } })
  expect(records.take()?.decisions).toMatchObject([
    { who: 'bob', operation: 'POST /credentials', reason: 'not_entitled: it is not granted', allowed: false },
  ])
})

it('lines that are no JSON, or other JSON, are no vend', () => {
  const records = new Records()
  for (const detail of [
    '{',
    '{}',
    '[]',
    '{"outcome":"vended","accessKeyId":1}',
    '{"outcome":"vended","accessKeyId":"A","userId":"a","grants":{}}',
  ]) {
    records.journal({ at: 1, service: 'lambda', event: 'Log', outcome: 'ok', detail, fields: {} })
  }
  expect(records.vends.of('A')).toBeUndefined()
  expect(records.all().log).toHaveLength(5)
})
