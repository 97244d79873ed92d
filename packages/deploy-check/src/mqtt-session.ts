import { connect, type MqttClient } from 'mqtt'
import { type Answer, allowed, reasonOf, refused, undecided } from './answer.js'

/** Milliseconds that AWS IoT has for one answer. */
const answerMs = 15_000

/** How a connection ends that the broker closes without a reason code. */
export const closed = 'closed'

/** One MQTT 5 connection that is never made again: what happens to it is the answer to what was tried. */
export class MqttSession implements AsyncDisposable {
  readonly #client: MqttClient
  readonly #received: string[] = []
  readonly #ended: Promise<Answer>

  private constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (_, payload) => this.#received.push(payload.toString()))
    this.#ended = new Promise((resolve) => {
      client.on('disconnect', ({ reasonCode }) => resolve(refused(`DISCONNECT ${hex(reasonCode ?? 0)}`)))
      client.on('error', (error) => resolve(answerTo(error)))
      // MQTT.js keeps to itself what a failed upgrade answered.
      client.stream.on('error', (error) => resolve(answerTo(error)))
      client.on('close', () => resolve(refused(closed)))
    })
  }

  /**
   * @param url a signed handshake
   * @returns the answer to the attempt, and the session when that is `allowed`
   */
  static async open(url: string, clientId: string): Promise<{ answer: Answer; session?: MqttSession }> {
    const client = connect(url, { clientId, protocolVersion: 5, reconnectPeriod: 0, connectTimeout: answerMs })
    const session = new MqttSession(client)
    const connected = new Promise<Answer>((resolve) => client.on('connect', () => resolve(allowed)))
    const answer = await session.#first(connected)
    if (answer.outcome === 'allowed') return { answer, session }
    await session[Symbol.asyncDispose]()
    return { answer }
  }

  subscribe(filter: string): Promise<Answer> {
    return this.#first(
      this.#client.subscribeAsync(filter, { qos: 1 }).then((granted) => {
        const code = granted[0]?.qos ?? 0x80
        return code < 0x80 ? allowed : refused(`SUBACK ${hex(code)}`)
      }, answerTo),
    )
  }

  publish(topic: string, payload: string): Promise<Answer> {
    return this.#first(this.#client.publishAsync(topic, payload, { qos: 1 }).then(() => allowed, answerTo))
  }

  /** Waits for a message with this payload. */
  receive(payload: string): Promise<Answer> {
    const arrived = new Promise<Answer>((resolve) => {
      const look = () => this.#received.includes(payload) && resolve(allowed)
      this.#client.on('message', look)
      look()
    })
    return this.#first(arrived)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true)
  }

  async #first(answer: Promise<Answer>): Promise<Answer> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve(undecided(`no answer within ${answerMs / 1000} seconds`)), answerMs)
    })
    return Promise.race([answer, this.#ended, late]).finally(() => clearTimeout(timer))
  }
}

/** Reason codes are in `code`, a SUBACK's in its packet, the status of a failed upgrade in the text. */
function answerTo(error: unknown): Answer {
  const { code: own, packet } = error as { code?: unknown; packet?: { granted?: number[] } }
  const code = packet?.granted?.[0] ?? own
  if (typeof code === 'number' && code >= 0x80) return refused(hex(code))
  const status = /Unexpected server response: (\d+)/u.exec(reasonOf(error))?.[1]
  if (status === '403' || status === '401') return refused(`HTTP ${status}`)
  return undecided(status === undefined ? reasonOf(error) : `HTTP ${status}`)
}

function hex(code: number): string {
  return `0x${code.toString(16).toUpperCase()}`
}
