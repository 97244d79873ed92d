import { describe, expect, it } from '@jest/globals'
import { jsonLog, type LogEntry } from './log.js'

const entry: LogEntry = { outcome: 'vended', status: 200, requestId: 'r', route: 'POST /credentials', milliseconds: 7 }

function written(changes: Partial<LogEntry>): string {
  let text = ''
  jsonLog(
    (line) => {
      text += line
    },
    () => new Date(0),
    () => ({}),
  )({ ...entry, ...changes })
  return text
}

describe('jsonLog', () => {
  it.each([
    [{}, 'INFO'],
    [{ packedPolicySize: 79 }, 'INFO'],
    [{ packedPolicySize: 80 }, 'WARN'],
    [{ status: 403 }, 'WARN'],
    [{ status: 503 }, 'ERROR'],
  ])('%j is %s', (changes, level) => {
    expect(JSON.parse(written(changes))).toMatchObject({ level, timestamp: '1970-01-01T00:00:00.000Z' })
  })

  it('writes one line for any user ID', () => {
    const line = written({ userId: 'a\n{"level":"INFO","outcome":"vended"}\r\u2028' })
    expect(line.trimEnd().split(/[\r\n]/u)).toHaveLength(1)
    expect(JSON.parse(line)).toMatchObject({ userId: 'a\n{"level":"INFO","outcome":"vended"}\r\u2028' })
  })
})
