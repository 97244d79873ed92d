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

type CountedFault = Exclude<keyof DynamoDbFaults, 'delay'>

/** The state of {@link DynamoDbFaults} for the server. */
export class PendingFaults implements DynamoDbFaults {
  /** Milliseconds. */
  delayed = 0
  readonly #left = new Map<CountedFault, number>()
  readonly throttle = this.#counting('throttle')
  readonly fail = this.#counting('fail')
  readonly leaveUnprocessed = this.#counting('leaveUnprocessed')
  readonly loseAnswers = this.#counting('loseAnswers')
  readonly garble = this.#counting('garble')

  delay(milliseconds: number): void {
    this.delayed = milliseconds
  }

  /** Whether the fault applies to this request. */
  meets(fault: CountedFault): boolean {
    const left = this.#left.get(fault) ?? 0
    if (left > 0) this.#left.set(fault, left - 1)
    return left > 0
  }

  #counting(fault: CountedFault): (times: number) => void {
    return (times) => void this.#left.set(fault, times)
  }
}
