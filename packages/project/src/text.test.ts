import { describe, expect, it } from '@jest/globals'
import { isSameText, messageOf, withRemedy } from './text.js'

describe('withRemedy', () => {
  it.each([
    ['No stand-in is running', 'No stand-in is running. Start one.'],
    ['No stand-in is running.', 'No stand-in is running. Start one.'],
    ['Is a stand-in running?', 'Is a stand-in running? Start one.'],
    ['Cannot read a.b', 'Cannot read a.b. Start one.'],
  ])('%s', (message, expected) => {
    expect(withRemedy({ message, remedy: 'Start one.' })).toBe(expected)
  })
})

it('messageOf gives the message of an error, and any other value as a string', () => {
  expect(messageOf(new TypeError('wrong'))).toBe('wrong')
  expect(messageOf('wrong')).toBe('wrong')
  expect(messageOf(undefined)).toBe('undefined')
})

it('isSameText is true for equal strings only', () => {
  expect(isSameText('secret', 'secret')).toBe(true)
  expect(isSameText('secret', 'secreT')).toBe(false)
  expect(isSameText('secret', 'secret2')).toBe(false)
  expect(isSameText('é', 'ea')).toBe(false)
  expect(isSameText('', '')).toBe(true)
})
