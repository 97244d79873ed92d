import { describe, expect, it, jest } from '@jest/globals'
import { CommanderError } from 'commander'
import { parseCommandLine } from './program.js'

/** Runs a function and captures its output. */
function silently(run: () => unknown): { error?: unknown; out: string; err: string } {
  const stdout = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true)
  const printed = (spy: typeof stdout) => spy.mock.calls.map(([text]) => String(text)).join('')
  try {
    run()
    return { out: printed(stdout), err: printed(stderr) }
  } catch (error) {
    return { error, out: printed(stdout), err: printed(stderr) }
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

function parseOptions(words: readonly string[]): object & { topic?: string } {
  return parseCommandLine(words).options
}

describe('the command line', () => {
  it('listens to test with QoS 1 over MQTT 5 by default', () => {
    expect(parseOptions([])).toEqual({ topic: 'test', qos: 1, mqtt: 5 })
  })

  it.each([
    ['without a separator', []],
    ['with one', ['--']],
  ])('accepts the arguments %s', (_, separator) => {
    const words = '--topic a/b --publish hi --qos 0 --count 2 --timeout 1.5 --mqtt 3 --json'.split(' ')
    expect(parseOptions([...separator, ...words])).toEqual({
      topic: 'a/b',
      publish: 'hi',
      qos: 0,
      count: 2,
      timeout: 1.5,
      mqtt: 3,
      json: true,
    })
  })

  it.each([
    ['--qos', '2', 'Allowed values: 0, 1'],
    ['--qos', '', 'Allowed values: 0, 1'],
    ['--mqtt', '4', 'Allowed values: 3, 5'],
    ['--count', '0', 'above 0'],
    ['--count', '1.5', 'an integer'],
    ['--count', 'x', 'above 0'],
    ['--timeout', '-1', 'above 0'],
    ['--nonsense', 'x', "unknown option '--nonsense'"],
  ])('refuses %s %j and says why', (option, value, why) => {
    const { error, err } = silently(() => parseOptions([option, value]))
    expect(error).toBeInstanceOf(CommanderError)
    expect(error).toMatchObject({ exitCode: 1 })
    expect(err).toContain(why)
  })

  it.each(['a/#', '+/b'])('refuses to publish to the filter %s, and listens to it', (filter) => {
    const { error, err } = silently(() => parseOptions(['--publish', 'x', '--topic', filter]))
    expect(error).toBeInstanceOf(CommanderError)
    expect(err).toContain(`'${filter}' is a topic filter`)
    expect(parseOptions(['--topic', filter]).topic).toBe(filter)
  })

  it('refuses an unknown command', () => {
    expect(silently(() => parseOptions(['test'])).error).toBeInstanceOf(CommanderError)
  })

  it('prints help with examples and exit codes', () => {
    const { error, out } = silently(() => parseOptions(['--help']))
    expect(error).toMatchObject({ exitCode: 0 })
    expect(out).toContain('Examples:')
    expect(out).toContain('3 not granted')
    for (const option of [
      '--topic',
      '--publish',
      '--qos',
      '--count',
      '--timeout',
      '--outputs',
      '--endpoint',
      '--region',
      '--ca',
    ]) {
      expect(out).toContain(`${option} <`)
    }
  })
})
