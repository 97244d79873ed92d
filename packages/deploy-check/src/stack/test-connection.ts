import { connect, type MqttClient } from 'mqtt'
import { allowed, type Outcome, reasonOf, refused, undecided } from '../trials/outcome.js'

/** Milliseconds to wait for one response of AWS IoT. */
const timeoutMs = 15_000

/** The outcome if the broker closes a connection without a reason code. */
export const closed = 'closed'

/**
 * One MQTT 5 connection without reconnection: what happens to it is the outcome of the trial. MQTT 5, because only its reason codes distinguish
 * a refusal from a lost connection. MQTT.js, because the client's SDK would add 44 MB of native code to a function that runs for a second, and
 * so that check and client share no MQTT code whose fault could hide.
 */
export class TestConnection implements AsyncDisposable {
  readonly #client: MqttClient
  readonly #received: string[] = []
  readonly #ended: Promise<Outcome>

  private constructor(client: MqttClient) {
    this.#client = client
    client.on('message', (_, payload) => this.#received.push(payload.toString()))
    this.#ended = new Promise((resolve) => {
      client.on('disconnect', ({ reasonCode }) => resolve(refused(`DISCONNECT ${hex(reasonCode ?? 0)}`)))
      client.on('error', (error) => resolve(outcomeOf(error)))
      // MQTT.js does not report the HTTP status of a failed upgrade.
      client.stream.on('error', (error) => resolve(outcomeOf(error)))
      client.on('close', () => resolve(refused(closed)))
    })
  }

  /**
   * @param url signed handshake URL
   * @returns the outcome of the attempt, and the session if the outcome is `allowed`
   */
  static async open(url: string, clientId: string): Promise<{ outcome: Outcome; session?: TestConnection }> {
    const client = connect(url, { clientId, protocolVersion: 5, reconnectPeriod: 0, connectTimeout: timeoutMs })
    const session = new TestConnection(client)
    const connected = new Promise<Outcome>((resolve) => client.on('connect', () => resolve(allowed)))
    const outcome = await session.#first(connected)
    if (outcome.kind === 'allowed') return { outcome, session }
    await session[Symbol.asyncDispose]()
    return { outcome }
  }

  subscribe(filter: string): Promise<Outcome> {
    return this.#first(
      this.#client.subscribeAsync(filter, { qos: 1 }).then((granted) => {
        const code = granted[0]?.qos ?? 0x80
        return code < 0x80 ? allowed : refused(`SUBACK ${hex(code)}`)
      }, outcomeOf),
    )
  }

  publish(topic: string, payload: string): Promise<Outcome> {
    return this.#first(this.#client.publishAsync(topic, payload, { qos: 1 }).then(() => allowed, outcomeOf))
  }

  /** Waits for a message with this payload. */
  receive(payload: string): Promise<Outcome> {
    const arrived = new Promise<Outcome>((resolve) => {
      const look = () => this.#received.includes(payload) && resolve(allowed)
      this.#client.on('message', look)
      look()
    })
    return this.#first(arrived)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.endAsync(true)
  }

  async #first(outcome: Promise<Outcome>): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => resolve(undecided(`no response within ${timeoutMs / 1000} seconds`)), timeoutMs)
    })
    return Promise.race([outcome, this.#ended, late]).finally(() => clearTimeout(timer))
  }
}

/** Finds the reason code: in `code`, in the packet of a SUBACK, or in the message of a failed upgrade. */
function outcomeOf(error: unknown): Outcome {
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
