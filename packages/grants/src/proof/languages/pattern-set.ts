import { IdleNodes } from './idle-nodes.js'
import type { Node } from './pattern-node.js'
import { type Token, takes, type Wildcard } from './token.js'

/** One pattern and the number (0 to 29) of its language. A language is the union of its patterns. */
export interface Pattern {
  readonly language: number
  readonly tokens: readonly Token[]
}

/** The positions reached in many patterns after the same string. */
export interface Place {
  /** Indices of nodes. */
  readonly nodes: readonly number[]
  /** Bits of the languages that accept every continuation. */
  readonly always: number
}

/** Many patterns as one nondeterministic automaton, with one tree per language. */
export class PatternSet {
  readonly #nodes: Node[] = []
  readonly #roots = new Map<number, Node>()
  /** The last round in which each node was reached. */
  readonly #marks: Int32Array
  #round = 0
  #idleNodes: IdleNodes | undefined

  constructor(patterns: readonly Pattern[]) {
    for (const { tokens, language } of patterns) {
      let node = this.#roots.get(language) ?? this.#add(1 << language)
      this.#roots.set(language, node)
      for (const token of tokens) node = this.#child(node, token)
      node.isEnd = true
    }
    this.#marks = new Int32Array(this.#nodes.length)
    for (const node of this.#nodes.toReversed()) node.wider = widerBelow(node)
  }

  start(): Place {
    this.#round++
    const reached: Node[] = []
    for (const root of this.#roots.values()) this.#reach(root, reached)
    return this.#place(reached, 0)
  }

  /** The place after one more character. */
  advance({ nodes, always }: Place, character: number): Place {
    this.#round++
    const reached: Node[] = []
    for (const index of nodes) {
      const { loop, literals, wildcards } = this.#nodes[index] as Node
      if (loop && takes(loop, character)) this.#reach(this.#nodes[index] as Node, reached)
      const next = literals.get(character)
      if (next) this.#reach(next, reached)
      for (const { token, node } of wildcards) if (takes(token, character)) this.#reach(node, reached)
    }
    return this.#place(reached, always)
  }

  /** Collects the characters that are distinguished at a place. */
  tellsApart({ nodes }: Place, characters: Set<number>): void {
    for (const index of nodes) {
      const { loop, literals, wildcards } = this.#nodes[index] as Node
      for (const character of literals.keys()) characters.add(character)
      for (const character of loop?.except ?? []) characters.add(character)
      for (const { token } of wildcards) for (const character of token.except) characters.add(character)
    }
  }

  /** Bits of the languages that contain the string read so far. */
  accepted({ nodes, always }: Place): number {
    let bits = always
    for (const index of nodes) {
      const { isEnd, bit } = this.#nodes[index] as Node
      if (isEnd) bits |= bit
    }
    return bits
  }

  /** Bits of the languages that still accept some continuation. */
  alive({ nodes, always }: Place): number {
    let bits = always
    for (const index of nodes) bits |= (this.#nodes[index] as Node).bit
    return bits
  }

  /** The place without these languages. */
  without({ nodes, always }: Place, languages: number): Place {
    const kept = nodes.filter((index) => !(languages & (this.#nodes[index] as Node).bit))
    return { nodes: kept, always: always & ~languages }
  }

  /** @see IdleNodes */
  withoutIdle({ nodes, always }: Place, allowing: number, denying: number): Place {
    this.#idleNodes ??= new IdleNodes(this.#nodes)
    return { nodes: this.#idleNodes.leaveOut(nodes, allowing, denying), always }
  }

  #add(bit: number, loop?: Wildcard): Node {
    const node: Node = {
      index: this.#nodes.length,
      bit,
      loop,
      literals: new Map(),
      wildcards: [],
      runs: [],
      isEnd: false,
      wider: undefined,
    }
    this.#nodes.push(node)
    return node
  }

  #child(node: Node, token: Token): Node {
    const known = childOf(node, token)
    if (known) return known
    const made = this.#add(node.bit, typeof token !== 'number' && token.run ? token : undefined)
    if (typeof token === 'number') {
      node.literals.set(token, made)
    } else if (token.run) {
      node.runs.push(made)
    } else {
      node.wildcards.push({ token, node: made })
    }
    return made
  }

  #reach(node: Node, reached: Node[]): void {
    if (this.#marks[node.index] === this.#round) return
    this.#marks[node.index] = this.#round
    reached.push(node)
    for (const run of node.runs) this.#reach(run, reached)
  }

  /** Drops redundant nodes: those with a wider node in the set, and all nodes of a language that accepts everything. */
  #place(reached: readonly Node[], known: number): Place {
    let always = known
    for (const node of reached) {
      if (node.isEnd && takesAnything(node.loop)) always |= node.bit
    }
    const nodes = reached.filter((node) => !(always & node.bit) && !this.#hasWider(node)).map(({ index }) => index)
    return { nodes: nodes.sort((a, b) => a - b), always }
  }

  #hasWider(node: Node): boolean {
    for (let wider = node.wider; wider; wider = wider.wider) {
      if (this.#marks[wider.index] === this.#round) return true
    }
    return false
  }
}

function childOf(node: Node, token: Token): Node | undefined {
  if (typeof token === 'number') return node.literals.get(token)
  if (token.run) return node.runs.find(({ loop }) => loop && isSame(loop, token))
  return node.wildcards.find((each) => isSame(each.token, token))?.node
}

function isSame(a: Wildcard, b: Wildcard): boolean {
  return a.except.size === b.except.size && [...a.except].every((character) => b.except.has(character))
}

/** The next node that loops on any character, if there is only one path to it. */
function widerBelow({ literals, wildcards, runs, isEnd }: Node): Node | undefined {
  const [below, ...others] = [...literals.values(), ...wildcards.map(({ node }) => node), ...runs]
  if (isEnd || !below || others.length > 0) return undefined
  return takesAnything(below.loop) ? below : below.wider
}

function takesAnything(loop: Wildcard | undefined): boolean {
  return loop !== undefined && loop.except.size === 0
}
