/** Number of events in each second. */
export class Series {
  total = 0
  #counts = new Int32Array(64)
  #seconds = 0

  add(nowMs: number): void {
    const second = Math.floor(nowMs / 1000)
    if (second >= this.#counts.length) {
      const larger = new Int32Array(2 * second)
      larger.set(this.#counts)
      this.#counts = larger
    }
    this.#counts[second] = (this.#counts[second] ?? 0) + 1
    this.#seconds = Math.max(this.#seconds, second + 1)
    this.total += 1
  }

  counts(): Int32Array {
    return this.#counts.subarray(0, this.#seconds)
  }

  /** The maximum in one second, starting from the given second. */
  peak(from = 0): number {
    return this.counts()
      .subarray(from)
      .reduce((most, count) => Math.max(most, count), 0)
  }
}
