import type { Clock } from '../clock.js'
import type { AccessKey } from '../iam/principal.js'

/** A key for tests, with a principal that may do nothing. */
export function testAccessKey(key: Partial<AccessKey> = {}): AccessKey {
  return {
    accessKeyId: 'ASIAEXAMPLE000000000',
    secretAccessKey: 'secret of the test',
    principal: {
      type: 'User',
      accountId: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/test',
      userId: 'AIDAEXAMPLE',
      issuerArn: 'arn:aws:iam::123456789012:user/test',
      tags: {},
      policies: () => ({ identity: [] }),
    },
    ...key,
  }
}

export function testClock(time: number): Clock & { time: number } {
  const clock = { time, now: () => clock.time }
  return clock
}
