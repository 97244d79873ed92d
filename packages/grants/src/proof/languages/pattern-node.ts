import type { Wildcard } from './token.js'

/** A prefix that patterns of one language share. */
export interface Node {
  readonly index: number
  /** The bit of the language. */
  readonly bit: number
  /** Characters that stay at this node. */
  readonly loop: Wildcard | undefined
  readonly literals: Map<number, Node>
  readonly wildcards: { readonly token: Wildcard; readonly node: Node }[]
  /** Nodes of the runs that begin here; runs can be empty. */
  readonly runs: Node[]
  isEnd: boolean
  /** A node on the only path below that accepts everything this node accepts. */
  wider: Node | undefined
}
