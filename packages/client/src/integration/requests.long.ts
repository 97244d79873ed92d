import { expect, it } from '@jest/globals'
import { TopicCredentialsError } from '../errors.js'
import { TokenAccount } from '../testing/account/token-account.js'

/** Many concurrent requests over real sockets that are cut. `requests/requests.test.ts` has the same with a scripted broker. */

const count = 1_000
const entitlements = {
  entitlements: [
    { when: { userId: 'alice' }, request: ['devices/+/ask'] },
    { when: { userId: 'device' }, subscribe: ['devices/d/ask'], publish: ['replies/+/#'] },
  ],
}
const account = new TokenAccount(entitlements)

it.each([
  // The client sends 80 messages per second, so it cannot send all of them in 8 s.
  ['some time out in 8 s', 8_000],
  ['all are answered in 120 s', 120_000],
])(
  'each of 1,000 concurrent requests ends once although both sides lose their connections: %s',
  async (_, timeoutMs) => {
    const [device, alice] = await Promise.all([account.connectAs('device'), account.connectAs('alice')])
    let cuts = 0
    const handled = new Map<string, number>()
    await device.respond('devices/d/ask', (request) => {
      handled.set(request.text(), (handled.get(request.text()) ?? 0) + 1)
      // Every 60th request costs one side its connection, in turn.
      if (handled.size % 60 === 0) {
        account.aws.faults.cutSockets((cuts % 2 === 0 ? alice : device).clientId)
        cuts += 1
      }
      return `re ${request.text()}`
    })
    const ends = Array.from({ length: count }, () => [] as string[])
    const asked = ends.map((outcomes, index) =>
      alice.request('devices/d/ask', String(index), { timeoutMs }).then(
        (reply) => outcomes.push(reply.text() === `re ${index}` ? 'answered' : `another’s: ${reply.text()}`),
        (error: unknown) => outcomes.push(error instanceof TopicCredentialsError ? error.code : String(error)),
      ),
    )
    await Promise.all(asked)
    const ending = (wanted: string) => ends.flat().filter((outcome) => outcome === wanted).length
    const [answered, timedOut] = [ending('answered'), ending('operation_timed_out')]
    process.stdout.write(
      `${answered} answered, ${timedOut} timed out, ${cuts} cuts, ${alice.replies.dropped} dropped\n`,
    )
    expect(ends.every(({ length }) => length === 1)).toBe(true)
    expect(answered + timedOut).toBe(count)
    expect(answered).toBeGreaterThan(0)
    expect(cuts).toBeGreaterThan(timeoutMs > 10_000 ? 5 : 0)
    if (timeoutMs > 10_000) {
      expect(timedOut).toBe(0)
    } else {
      expect(timedOut).toBeGreaterThan(0)
    }
    expect(Math.max(...handled.values())).toBe(1)
  },
)
