import { Worker } from 'node:worker_threads'

export interface EngineSettings {
  readonly region: string
  readonly accountId: string
}

/** One operation with its input as JSON text. */
export interface EngineQuestion {
  readonly id: number
  readonly operation: string
  readonly body: string
}

/** DynamoDB's response: HTTP status and JSON text. */
export interface EngineAnswer {
  readonly id: number
  readonly status: number
  readonly body: string
}

interface Waiting {
  readonly resolve: (answer: EngineAnswer) => void
  readonly reject: (error: Error) => void
}

/** Tables and items without authorization: dynalite in a separate thread, so that loading it blocks nothing. */
export class TableEngine {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #ended: Error | undefined
  #last = 0

  constructor(settings: EngineSettings) {
    this.#worker = new Worker(new URL('./engine-thread.js', import.meta.url), { workerData: settings })
    this.#worker.on('message', (answer: EngineAnswer) => {
      this.#waiting.get(answer.id)?.resolve(answer)
      this.#waiting.delete(answer.id)
    })
    this.#worker.once('error', (error) => this.#end(error))
    this.#worker.once('exit', () => this.#end(new Error('The tables are closed')))
  }

  /** @throws Error with the cause if the thread has ended */
  call(operation: string, body: string): Promise<EngineAnswer> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#last += 1
    const question: EngineQuestion = { id: this.#last, operation, body }
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject })
      this.#worker.postMessage(question)
    })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #end(error: unknown): void {
    this.#ended ??= error instanceof Error ? error : new Error(String(error))
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}
