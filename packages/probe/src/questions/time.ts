import type { ProbeAccount, ProbeSession } from '../account.js'
import { HandshakeRefused, type RawClient } from '../mqtt/raw-client.js'
import { allow, type Question } from './question.js'
import { ofSwitch } from './refusals.js'

/** STS gives no shorter sessions. */
const shortestSession = 900

/** Credentials that end while the other questions are asked, with a connection that was opened before. */
export class EndingCredentials {
  #begun: { readonly keys: ProbeSession; readonly client: RawClient; readonly clientId: string } | undefined

  #failure = 'it was not begun'

  /** Whether it is one of these questions. */
  owns(name: string): boolean {
    return this.questions().some((question) => question.name === name)
  }

  /** What goes wrong here is told by the questions. */
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
    return this.#all().map((question) => ({
      ...question,
      takes: 'until credentials have expired, at most 15 minutes',
    }))
  }

  #all(): readonly Question[] {
    return [
      ofSwitch('credentialExpiry', async (account, note) => {
        const { keys, client, clientId } = this.#of()
        await account.expired(keys)
        if (!client.isClosed) client.publish(`${clientId}/after`)
        const seen = await client.settle()
        note(seen.join(', ') || 'silence')
        if (seen.some((name) => /^closed|^disconnect/u.test(name))) return 'disconnect'
        return /^puback-0x[01]0$/u.test(seen[0] ?? '') ? 'ignore' : 'deny'
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
  }

  #of() {
    if (this.#begun !== undefined) return this.#begun
    throw new Error(`No connection is there to outlive its credentials: ${this.#failure}`)
  }
}

/** Something that is looked at until it is so; how many seconds that took, undefined when it never was. */
async function felt(account: ProbeAccount, isSo: () => Promise<boolean>): Promise<number | undefined> {
  const begun = Date.now()
  for (;;) {
    if (await isSo()) return Math.round((Date.now() - begun) / 1000)
    if (Date.now() - begun > account.patience.change) return undefined
    await account.pause(account.patience.look)
  }
}

export const roleChange: Question = {
  name: 'roleChange',
  about:
    "Do the publishes and deliveries of a connection stop when the role's policy changes under it? Revocation rests on it.",
  expected: 'both stop',
  takes: 'until AWS IoT feels a changed policy, at most 25 minutes',
  async ask(account, note) {
    const clientId = account.name('denied')
    const policy = allow(account, {
      Connect: [`client/${clientId}`, `client/${clientId}-listens`],
      Publish: [`topic/${clientId}/*`],
      Receive: [`topic/${clientId}/*`],
      Subscribe: [`topicfilter/${clientId}/*`],
    })
    const open = async (suffix: string) => {
      const client = await account.open(await account.assume({ policy }))
      await client.connect({ clientId: clientId + suffix })
      return client
    }
    const [speaks, listens] = [await open(''), await open('-listens')]
    // QoS 0: what is not acknowledged would fill a window.
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
    const deliveries = await felt(account, async () => {
      speaks.publish(`${clientId}/a`)
      await speaks.settle()
      return !(await listens.settle()).includes('publish')
    })
    await account.putPolicy([deny('Publish', `topic/${clientId}/*`)])
    const publishing = await felt(account, async () => {
      if (speaks.isClosed) return true
      speaks.publish(`${clientId}/a`)
      const [first = ''] = await speaks.settle()
      return !/^puback-0x[01]0$/u.test(first)
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
