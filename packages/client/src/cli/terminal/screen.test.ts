import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { countdown, Screen } from './screen.js'

let written: string

function screen({ out = true, err = true, env = {}, live = true, columns = 80 } = {}): Screen {
  const write = (text: unknown) => {
    written += String(text)
    return true
  }
  return new Screen({ stdout: { isTTY: out, write }, stderr: { isTTY: err, columns, write }, env, live })
}

/** What a terminal shows in the end. */
function shown(): string {
  const lines = written.split('\n').map((line) => line.split('\r\u001b[K').at(-1))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  return lines.join('\n').replace(/\u001b\[\d+m/gu, '')
}

beforeEach(() => {
  written = ''
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

describe('Screen', () => {
  it('keeps the status below the lines, and redraws it every second', () => {
    const terminal = screen()
    let seconds = 3
    terminal.status(() => `${seconds--} left`)
    terminal.out('one')
    expect(shown()).toBe('one\n2 left')
    jest.advanceTimersByTime(1_000)
    expect(shown()).toBe('one\n1 left')
    terminal.err('two')
    terminal.clear()
    expect(shown()).toBe('one\ntwo\n')
    jest.advanceTimersByTime(5_000)
    expect(shown()).toBe('one\ntwo\n')
  })

  it('animates a spinner while it works', () => {
    screen().working('Connecting')
    const first = shown()
    jest.advanceTimersByTime(100)
    expect(first).toMatch(/^. Connecting…$/u)
    expect(shown()).toMatch(/^. Connecting…$/u)
    expect(shown()).not.toBe(first)
  })

  it.each([
    [10, 9],
    [0, 79],
  ])('cuts a status that would wrap in %d columns', (columns, length) => {
    screen({ columns }).status(() => 'x'.repeat(100))
    expect(shown()).toBe('x'.repeat(length))
  })

  it.each([
    ['a pipe', { err: false, out: false }],
    ['--json', { live: false }],
    ['a dumb terminal', { env: { TERM: 'dumb' } }],
  ])('shows no status on %s', (_, options) => {
    const plain = screen(options)
    plain.working('Connecting')
    plain.status(() => 'status')
    jest.advanceTimersByTime(5_000)
    plain.out('line')
    plain.clear()
    expect(written).toBe('line\n')
  })

  it.each([
    ['a terminal', {}, true],
    ['NO_COLOR', { env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { env: { NO_COLOR: '' } }, true],
    ['a pipe', { out: false }, false],
    ['a pipe with FORCE_COLOR and CI', { out: false, env: { FORCE_COLOR: '1', CI: '1' } }, false],
    ['a dumb terminal', { env: { TERM: 'dumb' } }, false],
  ])('uses colours only if they are supported and allowed: %s', (_, options, coloured) => {
    expect(screen(options).colours.red('x')).toBe(coloured ? '\u001b[31mx\u001b[39m' : 'x')
  })
})

describe('countdown', () => {
  it.each([
    [3_599_999, '59:59'],
    [61_000, '1:01'],
    [999, '0:00'],
    [-5_000, '0:00'],
  ])('formats %d ms as %s', (ms, text) => {
    expect(countdown(new Date(1_000_000 + ms), 1_000_000)).toBe(text)
  })
})
