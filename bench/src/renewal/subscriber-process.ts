import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Answer, Arrival, Order, Target } from './programs/subscriber.js'

const program = fileURLToPath(new URL('./programs/subscriber.js', import.meta.url))
/** Longer than any of them takes on a busy machine. */
const patienceMs = 30_000

/** One subscriber, from the perspective of its parent process. */
export class SubscriberProcess {
  readonly kind: string
  readonly #child: ChildProcess
  clientId = ''

  private constructor(kind: string, child: ChildProcess) {
    this.kind = kind
    this.#child = child
  }

  static async start(kind: string, target: Target): Promise<SubscriberProcess> {
    const { PATH, HOME } = process.env
    const env = { PATH, HOME, TARGET: JSON.stringify(target) }
    const child = fork(program, [kind], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const subscriber = new SubscriberProcess(kind, child)
    try {
      subscriber.clientId = (await subscriber.#answer('ready')).clientId
      return subscriber
    } catch (error) {
      subscriber.close()
      throw error
    }
  }

  /** Triggers new credentials, then calls `cut`; resolves when messages arrive over a new connection. */
  async renew(cut: () => void): Promise<void> {
    const due = this.#answer('due')
    this.#send({ order: 'renew' })
    await due
    const back = this.#answer('back')
    cut()
    await back
  }

  /** All messages that arrived, after message number `last` has. */
  async report(last: number): Promise<readonly Arrival[]> {
    const report = this.#answer('report')
    this.#send({ order: 'report', last })
    return (await report).arrivals
  }

  close(): void {
    if (this.#child.connected) this.#child.disconnect()
  }

  #send(order: Order): void {
    this.#child.send(order)
  }

  #answer<Kind extends Answer['answer']>(kind: Kind): Promise<Extract<Answer, { answer: Kind }>> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void) => {
        clearTimeout(timer)
        this.#child.off('message', onMessage)
        this.#child.off('exit', onExit)
        end()
      }
      const fail = (how: string) => settle(() => reject(new Error(`The subscriber '${this.kind}' ${how} '${kind}'`)))
      const onMessage = (answer: Answer) => {
        if (answer.answer === kind) settle(() => resolve(answer as Extract<Answer, { answer: Kind }>))
      }
      const onExit = () => fail('exited before its answer')
      const timer = setTimeout(() => fail(`took more than ${patienceMs / 1000} s for its answer`), patienceMs)
      this.#child.on('message', onMessage)
      this.#child.once('exit', onExit)
    })
  }
}
