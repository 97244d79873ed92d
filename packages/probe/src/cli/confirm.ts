import { createInterface } from 'node:readline/promises'
import type { Interruption } from './interruption.js'

/** The terminal of the user. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: NodeJS.WritableStream
}

/** Asks a yes/no question. Without a terminal, and after Ctrl-C, the answer is no. */
export async function confirm(
  question: string,
  stopping: Pick<Interruption, 'begin' | 'signal'>,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<boolean> {
  if (input.isTTY !== true) return false
  const asking = createInterface({ input, output, terminal: true })
  // While readline reads a line, Ctrl-C arrives as a key and not as a signal. Ctrl-D ends the input.
  asking.on('SIGINT', stopping.begin)
  const ended = new Promise<string>((resolve) => asking.once('close', () => resolve('')))
  try {
    const answer = asking.question(question, { signal: stopping.signal }).catch(() => '')
    return /^y(?:es)?$/iu.test((await Promise.race([answer, ended])).trim())
  } finally {
    asking.close()
  }
}
