/** Milliseconds in a block: timers of the current one lie in a bucket for each millisecond, all others in one for each block. */
const BLOCK_MS = 2 ** 16
/** 74 hours. */
const BLOCKS = 2 ** 12
const NONE = -1

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
  readonly #first = new Int32Array(BLOCK_MS + BLOCKS).fill(NONE)
  #block = 0
  #count = 0

  constructor(slots: number) {
    this.#due = new Uint32Array(slots)
    this.#next = new Int32Array(slots).fill(NONE)
    this.#previous = new Int32Array(slots).fill(NONE)
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
      if (this.#first[this.now % BLOCK_MS] !== NONE) return true
      this.now += 1
      if (this.now % BLOCK_MS === 0) this.#enterBlock(this.now / BLOCK_MS)
    }
    return false
  }

  /** Takes out a timer that is due now, and answers its slot; undefined when there is none left. */
  take(): number | undefined {
    const slot = this.#first[this.now % BLOCK_MS]
    if (slot === undefined || slot === NONE) return undefined
    this.cancel(slot)
    return slot
  }

  #enterBlock(block: number): void {
    this.#block = block
    let slot = this.#first[BLOCK_MS + block] ?? NONE
    this.#first[BLOCK_MS + block] = NONE
    while (slot !== NONE) {
      const next = this.#next[slot] ?? NONE
      this.#link(slot)
      slot = next
    }
  }

  #bucket(slot: number): number {
    const due = this.#due[slot] ?? 0
    const block = Math.floor(due / BLOCK_MS)
    if (block >= BLOCKS) throw new RangeError(`No timer can be set for ${due} ms`)
    return block === this.#block ? due % BLOCK_MS : BLOCK_MS + block
  }

  #link(slot: number): void {
    const bucket = this.#bucket(slot)
    const first = this.#first[bucket] ?? NONE
    this.#next[slot] = first
    this.#previous[slot] = NONE
    if (first !== NONE) this.#previous[first] = slot
    this.#first[bucket] = slot
  }

  #unlink(slot: number): void {
    const next = this.#next[slot] ?? NONE
    const previous = this.#previous[slot] ?? NONE
    if (next !== NONE) this.#previous[next] = previous
    if (previous !== NONE) this.#next[previous] = next
    else this.#first[this.#bucket(slot)] = next
  }
}
