import { constants } from 'node:os'

/** The interruption of the probe by the user. */
export interface Interruption {
  readonly signal: AbortSignal
  /** Exit code of a process that a signal has ended, as in shells: 130 for Ctrl-C. */
  readonly exitCode: number
  /** Starts the interruption, as SIGINT does. */
  begin(): void
}

/**
 * Ctrl-C stops the questions, and the stack is deleted. The same happens when the terminal is closed or the reader of a pipe exits (`npm run probe |
 * head`). A second Ctrl-C does not wait for the deletion.
 *
 * @param leave called before the process exits without waiting
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
    say('Stopping. The stack is deleted first. Press Ctrl-C again to exit without waiting.')
    stopped.abort()
  }
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => begin(name))
  // The output has no reader any more, but the stack must still be deleted.
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
