import type { ProbeAccount, ProbeSession } from '../account.js'
import { HandshakeRefused, type RawClient } from '../mqtt/raw-client.js'
import { isAccepted } from './policies.js'
import { allow, ownTopics, type Question } from './question.js'
import { ofSwitch } from './refusals.js'

/** The shortest session that STS creates, in seconds. */
const shortestSession = 900

/** Credentials that expire while the other questions are asked, and a connection that was opened with them. */
export class EndingCredentials {
  #begun: { readonly keys: ProbeSession; readonly client: RawClient; readonly clientId: string } | undefined

  #failure = 'it was not opened'

  /** Whether it is one of these questions. */
  owns(name: string): boolean {
    return this.questions().some((question) => question.name === name)
  }

  /** Opens the connection. The questions report a failure. */
  async begin(account: ProbeAccount): Promise<void> {
    try {
      await this.#begin(account)
    } catch (error) {
      this.#failure = (error as Error).message
    }
  }

  async #begin(account: ProbeAccount): Promise<void> {
    const clientId = account.name('expiring')
    const policy = allow(account, { Connect: [`client/${clientId}`], Publish: [`topic/${clientId}/*`] })
    const keys = await account.assume({ policy, durationSeconds: shortestSession })
    const client = await account.open(keys)
    await client.connect({ clientId })
    this.#begun = { keys, client, clientId }
  }

  questions(): readonly Question[] {
    const takes = 'until credentials have expired, at most 15 minutes'
    const questions: readonly Question[] = [
      ofSwitch('credentialExpiry', async (account, note) => {
        const { keys, client, clientId } = this.#of()
        await account.expired(keys)
        if (!client.isClosed) client.publish(`${clientId}/after`)
        const seen = await client.settle()
        note(seen.join(', ') || 'silence')
        if (seen.some((name) => /^closed|^disconnect/u.test(name))) return 'disconnect'
        return isAccepted(seen) ? 'ignore' : 'deny'
      }),
      {
        name: 'expiredTokenRefusal',
        about: 'What is the refusal of an expired token at the WebSocket?',
        expected: 'HTTP 403',
        ask: async (account, note) => {
          const { keys } = this.#of()
          await account.expired(keys)
          try {
            await account.open(keys)
            return 'accepted'
          } catch (error) {
            if (!(error instanceof HandshakeRefused)) throw error
            note(error.body)
            return `HTTP ${error.status}`
          }
        },
      },
    ]
    return questions.map((question) => ({ ...question, takes }))
  }

  #of() {
    if (this.#begun !== undefined) return this.#begun
    throw new Error(`There is no connection with the expiring credentials: ${this.#failure}`)
  }
}

/** Waits until the condition holds. @returns the seconds that it took; undefined if it did not hold in time */
async function secondsUntil(account: ProbeAccount, holds: () => Promise<boolean>): Promise<number | undefined> {
  const begun = Date.now()
  for (;;) {
    if (await holds()) return Math.round((Date.now() - begun) / 1000)
    if (Date.now() - begun > account.patience.change) return undefined
    await account.pause(account.patience.look)
  }
}

export const roleChange: Question = {
  name: 'roleChange',
  about:
    "Does an open connection lose its permissions to publish and receive when the role's policy changes? Revocation depends on it.",
  expected: 'both stop',
  takes: 'until AWS IoT applies a changed policy, at most 25 minutes',
  async ask(account, note) {
    const clientId = account.name('denied')
    const policy = allow(account, {
      ...ownTopics(clientId),
      Connect: [`client/${clientId}`, `client/${clientId}-listens`],
    })
    const speaks = await account.connected(policy, clientId)
    const listens = await account.connected(policy, `${clientId}-listens`)
    // QoS 0, because unacknowledged messages would fill the receive window.
    listens.subscribe(`${clientId}/a`, 0)
    await listens.settle()
    speaks.publish(`${clientId}/a`)
    await speaks.settle()
    if (!(await listens.settle()).includes('publish')) throw new Error('Nothing was delivered before the change')
    const deny = (action: string, name: string) => ({
      Effect: 'Deny',
      Action: `iot:${action}`,
      Resource: account.arn(name),
    })
    await account.putPolicy([deny('Receive', `topic/${clientId}/*`)])
    const deliveries = await secondsUntil(account, async () => {
      speaks.publish(`${clientId}/a`)
      await speaks.settle()
      return !(await listens.settle()).includes('publish')
    })
    await account.putPolicy([deny('Publish', `topic/${clientId}/*`)])
    const publishing = await secondsUntil(account, async () => {
      if (speaks.isClosed) return true
      speaks.publish(`${clientId}/a`)
      return !isAccepted(await speaks.settle())
    })
    await account.deletePolicy()
    note(`deliveries: ${deliveries ?? 'never'} s, publishes: ${publishing ?? 'never'} s`)
    if (deliveries !== undefined && publishing !== undefined) return 'both stop'
    return deliveries === undefined
      ? publishing === undefined
        ? 'neither stops'
        : 'only publishes stop'
      : 'only deliveries stop'
  },
}
