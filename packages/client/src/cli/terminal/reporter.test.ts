import { describe, expect, it } from '@jest/globals'
import { Message } from '../../messages/message.js'
import { JsonReporter, TextReporter } from './reporter.js'

function message(payload: string | Uint8Array): Message {
  const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  return new Message({ topic: 'test', payload: bytes, qos: 1, retain: false, duplicate: false })
}

function textLines(payload: string | Uint8Array): string[] {
  const out: string[] = []
  new TextReporter(
    (line) => out.push(line),
    () => {},
  ).message(message(payload))
  return out
}

describe('TextReporter', () => {
  it('prints on stdout only the lines that programs parse', () => {
    const out: string[] = []
    const reporter = new TextReporter(
      (line) => out.push(line),
      () => {},
    )
    reporter.target('a stand-in')
    reporter.connected()
    reporter.subscribing('test')
    reporter.subscribed('test', 1)
    reporter.message(message('{"hello":"world"}'))
    expect(out).toEqual([
      'Connected!',
      "Subscribing to topic 'test'...",
      'Subscribed with QoS 1',
      'Received message from topic \'test\': {"hello":"world"}',
    ])
  })

  it('escapes control characters, also for a pipe', () => {
    expect(textLines('a\u001b[2Jb\u009bc')).toEqual(["Received message from topic 'test': a\\u001b[2Jb\\u009bc"])
  })

  it('prints binary data in base64', () => {
    expect(textLines(new Uint8Array([0xff, 0xfe]))).toEqual([
      "Received message from topic 'test': 2 bytes, base64 //4=",
    ])
  })
})

describe('JsonReporter', () => {
  it('prints one object per line', () => {
    const out: string[] = []
    const reporter = new JsonReporter((line) => out.push(line))
    reporter.connected('alice:1')
    reporter.message(message('a\nb'))
    reporter.message(message(new Uint8Array([0xff])))
    expect(out.map((line) => JSON.parse(line))).toEqual([
      { event: 'connected', clientId: 'alice:1' },
      { event: 'message', topic: 'test', payload: 'a\nb', encoding: 'utf8', qos: 1, retained: false },
      { event: 'message', topic: 'test', payload: '/w==', encoding: 'base64', qos: 1, retained: false },
    ])
  })
})
