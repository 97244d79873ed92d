/** Milliseconds in a block: timers of the current one lie in a bucket for each millisecond, all others in one for each block. */
const blockMs = 2 ** 16
/** 74 hours. */
const blocks = 2 ** 12
const none = -1

/**
 * A virtual clock with timers: one for each slot, set and cancelled in constant time, for millions of slots.
 *
 * Buckets are doubly linked lists through the slots, in typed arrays: no timer is an object.
 */
export class TimerWheel {
  /** Virtual milliseconds. */
  now = 0
  readonly #due: Uint32Array
  readonly #next: Int32Array
  readonly #previous: Int32Array
  /** First slot of each bucket: the milliseconds of the current block, then all blocks. */
  readonly #first = new Int32Array(blockMs + blocks).fill(none)
  #block = 0
  #count = 0

  constructor(slots: number) {
    this.#due = new Uint32Array(slots)
    this.#next = new Int32Array(slots).fill(none)
    this.#previous = new Int32Array(slots).fill(none)
  }

  /** Timers that are set. */
  get count(): number {
    return this.#count
  }

  /** Sets the timer of a slot that has none: to fire so many milliseconds from now, at least one. */
  set(slot: number, delayMs: number): void {
    this.#due[slot] = this.now + Math.max(1, Math.round(delayMs))
    this.#link(slot)
    this.#count += 1
  }

  cancel(slot: number): void {
    this.#unlink(slot)
    this.#count -= 1
  }

  /** Goes on to the next millisecond at which a timer is due. False when none is before `until`. */
  advance(until: number): boolean {
    while (this.#count > 0 && this.now < until) {
      if (this.#first[this.now % blockMs] !== none) return true
      this.now += 1
      if (this.now % blockMs === 0) this.#enterBlock(this.now / blockMs)
    }
    return false
  }

  /** Takes out a timer that is due now, and answers its slot; undefined when there is none left. */
  take(): number | undefined {
    const slot = this.#first[this.now % blockMs]
    if (slot === undefined || slot === none) return undefined
    this.cancel(slot)
    return slot
  }

  #enterBlock(block: number): void {
    this.#block = block
    let slot = this.#first[blockMs + block] ?? none
    this.#first[blockMs + block] = none
    while (slot !== none) {
      const next = this.#next[slot] ?? none
      this.#link(slot)
      slot = next
    }
  }

  #bucket(slot: number): number {
    const due = this.#due[slot] ?? 0
    const block = Math.floor(due / blockMs)
    if (block >= blocks) throw new RangeError(`No timer can be set for ${due} ms`)
    return block === this.#block ? due % blockMs : blockMs + block
  }

  #link(slot: number): void {
    const bucket = this.#bucket(slot)
    const first = this.#first[bucket] ?? none
    this.#next[slot] = first
    this.#previous[slot] = none
    if (first !== none) this.#previous[first] = slot
    this.#first[bucket] = slot
  }

  #unlink(slot: number): void {
    const next = this.#next[slot] ?? none
    const previous = this.#previous[slot] ?? none
    if (next !== none) this.#previous[next] = previous
    if (previous !== none) {
      this.#next[previous] = next
    } else {
      this.#first[this.#bucket(slot)] = next
    }
  }
}
