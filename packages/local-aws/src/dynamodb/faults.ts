/** What DynamoDB can be made to do wrong, from now on. Each counts down with the requests that it meets. */
export interface DynamoDbFaults {
  /** The next `times` requests are throttled. */
  throttle(times: number): void
  /** The next `times` requests are answered 500. */
  fail(times: number): void
  /** Milliseconds that every answer waits; 0 ends it. */
  delay(milliseconds: number): void
  /** The next `times` BatchGetItem answer one key and leave the others unprocessed. */
  leaveUnprocessed(times: number): void
  /** The next `times` requests are carried out, and the connection ends before the answer. */
  loseAnswers(times: number): void
  /** The next `times` answers are not JSON. */
  garble(times: number): void
}

/** {@link DynamoDbFaults} as the server looks at them. */
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

  /** Whether this request meets the fault. */
  meets(fault: 'throttle' | 'fail' | 'unprocessed' | 'lose' | 'garble'): boolean {
    const left = this.#left.get(fault) ?? 0
    if (left > 0) this.#left.set(fault, left - 1)
    return left > 0
  }
}
