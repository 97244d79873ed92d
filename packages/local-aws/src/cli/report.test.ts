import { describe, expect, it } from '@jest/globals'
import type { LocalAws } from '../local-aws-types.js'
import { eventLine, startedLines } from './report.js'

describe('eventLine', () => {
  const entry = {
    at: 0,
    service: 'iot',
    event: 'Publish',
    outcome: 'refused',
    principal: 'arn:aws:sts::1:assumed-role/r/alice',
    detail: 'nothing allows it',
    fields: { topic: 'a/b', qos: 1 },
  } as const

  it('says when, what, who, on what and why', () => {
    expect(eventLine(entry, { logs: false })).toMatch(
      /^\d\d:\d\d:\d\d ✗ iot Publish refused assumed-role\/r\/alice topic=a\/b qos=1\n {11}nothing allows it$/u,
    )
  })

  it('shows what others sent as text: it can neither steer the terminal nor forge a line', () => {
    const forged = {
      ...entry,
      detail: 'a\u001b[2J',
      fields: { topic: 'x\n12:00:00 ✓ iot Publish', other: '\u009b31m' },
    }
    expect(eventLine(forged, { logs: false })?.split('\n')).toEqual([
      expect.stringContaining('topic=x\\u000a12:00:00 ✓ iot Publish other=\\u009b31m'),
      '           a\\u001b[2J',
    ])
  })

  it('omits an accepted WebSocket, because its CONNECT follows, and shows a refused one', () => {
    const upgrade = { at: 0, service: 'iot', event: 'Upgrade', fields: { sourceIp: '127.0.0.1' } } as const
    expect(eventLine({ ...upgrade, outcome: 'ok' }, { logs: true })).toBeUndefined()
    expect(eventLine({ ...upgrade, outcome: 'refused', detail: 'expired' }, { logs: false })).toContain('iot Upgrade')
  })

  it('leaves out what the line of the API says already, unless the functions are to be seen', () => {
    const invoke = { at: 0, service: 'lambda', event: 'Invoke', outcome: 'ok', fields: { functionName: 'f' } } as const
    expect(eventLine(invoke, { logs: false })).toBeUndefined()
    expect(eventLine(invoke, { logs: true })).toContain('lambda Invoke')
    expect(eventLine({ ...invoke, outcome: 'failed', detail: 'crash' }, { logs: false })).toContain('crash')
    expect(eventLine({ ...invoke, event: 'Log', detail: 'two\nlines' }, { logs: true })).toBe(
      '         │ f: two\n         │ lines',
    )
  })
})

describe('startedLines', () => {
  const aws = { outputs: { Test: { Url: 'x' } }, stacks: [{ stackName: 'Test' }] } as unknown as LocalAws

  it('prints the duration of a deployment, and none for a restored account', () => {
    expect(startedLines(aws, 1.234)).toContain('✨  Deployment time: 1.23s')
    expect(startedLines(aws, undefined)).toContain('Restored from the last run.')
    expect(startedLines(aws, undefined).join()).not.toContain('Deployment')
  })

  it('says what to do in an empty account', () => {
    expect(startedLines({ ...aws, stacks: [] } as LocalAws, undefined).join()).toContain('npm run deploy:local')
  })
})
