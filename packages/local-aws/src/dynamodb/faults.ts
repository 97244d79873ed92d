/** The faults of DynamoDB. Each counts down with every request that it affects. */
export interface DynamoDbFaults {
  /** The next `times` requests are throttled. */
  throttle(times: number): void
  /** The next `times` requests fail with 500. */
  fail(times: number): void
  /** Delay of every response in milliseconds; 0 ends it. */
  delay(milliseconds: number): void
  /** The next `times` BatchGetItem requests return one key and leave the others unprocessed. */
  leaveUnprocessed(times: number): void
  /** The next `times` requests are carried out, but the connection closes before the response. */
  loseAnswers(times: number): void
  /** The next `times` responses are not JSON. */
  garble(times: number): void
}

/** The state of {@link DynamoDbFaults} for the server. */
export class PendingFaults implements DynamoDbFaults {
  delayed = 0
  readonly #left = new Map<string, number>()

  throttle(times: number): void {
    this.#left.set('throttle', times)
  }

  fail(times: number): void {
    this.#left.set('fail', times)
  }

  delay(milliseconds: number): void {
    this.delayed = milliseconds
  }

  leaveUnprocessed(times: number): void {
    this.#left.set('unprocessed', times)
  }

  loseAnswers(times: number): void {
    this.#left.set('lose', times)
  }

  garble(times: number): void {
    this.#left.set('garble', times)
  }

  /** Whether the fault applies to this request. */
  meets(fault: 'throttle' | 'fail' | 'unprocessed' | 'lose' | 'garble'): boolean {
    const left = this.#left.get(fault) ?? 0
    if (left > 0) this.#left.set(fault, left - 1)
    return left > 0
  }
}
