import { describe, expect, it } from '@jest/globals'
import { reservedFault } from './reserved-topics.js'

describe('a reserved topic', () => {
  it.each([
    ['$aws/rules/rule', true, false],
    ['$aws/rules/rule/a/b', true, false],
    ['$aws/rules', false, false],
    ['$aws/events/presence/connected/alice', false, true],
    ['$aws/things/x/shadow/update', true, true],
    ['$aws/things/x/shadow/name/y/get', true, true],
    ['$aws/things/x/shadow/update/delta', false, true],
    ['$aws/things/x/shadow/update/accepted', false, true],
    ['$aws/things/x/shadow', false, false],
    ['$aws/things/x/jobs/get', true, false],
    ['$aws/things/x/jobs/7/update', true, false],
    ['$aws/things/x/jobs/7/update/rejected', false, true],
    ['$aws/things/x/jobs/notify-next', false, true],
    ['$aws/certificates/create/json', true, false],
    ['$aws/provisioning-templates/t/provision/cbor/accepted', false, true],
    ['$SYS/broker/clients', false, false],
    ['$AWS/rules/rule', false, false],
    ['$', false, false],
  ])('%s: publish %s, subscribe %s', (topic, publishes, subscribes) => {
    expect(reservedFault(topic, 'publish') === undefined).toBe(publishes)
    expect(reservedFault(topic, 'subscribe') === undefined).toBe(subscribes)
  })

  it('refuses retained messages', () => {
    expect(reservedFault('$aws/rules/rule', 'publish', true)).toBe('reserved topics take no retained messages')
    expect(reservedFault('a', 'publish', true)).toBeUndefined()
  })
})

describe('a filter on reserved topics', () => {
  it.each([
    ['$aws/#', true],
    ['$aws/+/presence/connected/+', true],
    ['$aws/things/+/shadow/#', true],
    ['$aws/things/x/+', false],
    ['$aws/things/x/+/notify', true],
    ['$aws/rules/#', false],
    ['$aws/things/x/shadow/update/#', true],
    ['$aws/things/x/shadow/update/delta/#', false],
    ['$share/group/$aws/events/#', true],
    ['$share/group/$SYS/#', false],
    ['$SYS/#', false],
    ['#', true],
    ['+/things/x', true],
  ])('%s can be subscribed to: %s', (filter, can) => {
    expect(reservedFault(filter, 'subscribe') === undefined).toBe(can)
  })
})
