import { expect, it } from '@jest/globals'
import { InFlightWindow } from './in-flight-window.js'

it('gives out identifiers from 1 on, and none that is in use [MQTT-2.2.1-4]', () => {
  const window = new InFlightWindow<string>()
  window.add(2, 'two')
  expect([window.nextId(), window.nextId(), window.nextId()]).toEqual([1, 3, 4])
})

it('begins again after 65,535, over those that are in use', () => {
  const window = new InFlightWindow<number>()
  window.add(1, 1)
  let last = 0
  for (let count = 0; count < 65_534; count += 1) last = window.nextId()
  expect(last).toBe(65_535)
  expect(window.nextId()).toBe(2)
})

it('answers what a PUBACK is for, once', () => {
  const window = new InFlightWindow<string>()
  window.add(7, 'seven')
  expect(window.acknowledge(8)).toBeUndefined()
  expect(window.acknowledge(7)).toBe('seven')
  expect(window.acknowledge(7)).toBeUndefined()
  expect(window.size).toBe(0)
})

it('drains in the order of sending', () => {
  const window = new InFlightWindow<string>()
  for (const [packetId, item] of [
    [9, 'first'],
    [3, 'second'],
    [5, 'third'],
  ] as const) {
    window.add(packetId, item)
  }
  window.acknowledge(3)
  expect(window.drain()).toEqual(['first', 'third'])
  expect(window.size).toBe(0)
})
