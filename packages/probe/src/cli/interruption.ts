import { constants } from 'node:os'

/** What ends the probe from outside. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Of a process that a signal has ended, as shells have it: 130 for Ctrl-C. */
  readonly exitCode: number
  /** As the signal does. */
  begin(): void
}

/**
 * Ctrl-C ends the questions, and the stack is deleted all the same; so do the end of the terminal, and a reader that goes away (`npm run probe | head`). A second
 * Ctrl-C does not wait for the deletion.
 *
 * @param leave called before the process ends at once
 */
export function interruption(say: (line: string) => void, leave: () => void): Interruption {
  const stopped = new AbortController()
  let exitCode = 128 + constants.signals.SIGINT
  const begin = (name: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    exitCode = 128 + constants.signals[name]
    if (stopped.signal.aborted) {
      leave()
      process.exit(exitCode)
    }
    say('Stopping. The stack is deleted first; a second Ctrl-C does not wait for that.')
    stopped.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => begin(name))
  // There is nobody to tell, and the stack must go all the same.
  process.stdout.on('error', () => stopped.abort())
  process.stderr.on('error', () => {})
  return {
    signal: stopped.signal,
    get exitCode() {
      return exitCode
    },
    begin: () => begin('SIGINT'),
  }
}
