import type { Node } from './pattern-node.js'
import { nothing, Remainders } from './remainders.js'
import type { Token } from './token.js'

/** Finds the nodes of a place that cannot change the set of allowed names. */
export class IdleNodes {
  readonly #remainders = new Remainders()
  /** The numbers of the remainders that can follow each node. */
  readonly #following: (readonly number[])[] = []
  /** The last round in which each remainder was denied. */
  readonly #denied: Int32Array
  readonly #bits: readonly number[]
  #round = 0

  /** @param nodes each before those below it; its position is its index */
  constructor(nodes: readonly Node[]) {
    for (const node of nodes.toReversed()) this.#following[node.index] = this.#remaindersOf(node)
    this.#bits = nodes.map(({ bit }) => bit)
    this.#denied = new Int32Array(this.#remainders.count)
  }

  /** Removes nodes that allow only denied names, and then nodes that deny only names that are not allowed. */
  leaveOut(nodes: readonly number[], allowing: number, denying: number): readonly number[] {
    this.#round++
    for (const node of nodes) {
      if (this.#bits[node] !== denying) continue
      for (const remainder of this.#after(node)) this.#denied[remainder] = this.#round
    }
    const allowed = new Set<number>()
    const useful = nodes.filter((node) => {
      if (this.#bits[node] !== allowing) return true
      if (this.#after(node).every((each) => this.#denied[each] === this.#round)) return false
      for (const remainder of this.#after(node)) allowed.add(remainder)
      return true
    })
    return useful.filter(
      (node) =>
        this.#bits[node] !== denying || this.#after(node).some((each) => this.#remainders.canMeetOne(each, allowed)),
    )
  }

  #after(node: number): readonly number[] {
    return this.#following[node] ?? []
  }

  #remaindersOf({ loop, literals, wildcards, runs, isEnd }: Node): readonly number[] {
    const begin = (token: Token, { index }: Node) =>
      this.#after(index).map((rest) => this.#remainders.begin(token, rest))
    const all = [
      ...(isEnd ? [nothing] : []),
      ...[...literals].flatMap(([character, node]) => begin(character, node)),
      ...wildcards.flatMap(({ token, node }) => begin(token, node)),
      ...runs.flatMap(({ index }) => this.#after(index)),
    ]
    return loop ? all.map((rest) => this.#remainders.begin(loop, rest)) : all
  }
}
