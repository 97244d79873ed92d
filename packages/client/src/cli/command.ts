import type { Command } from 'commander'
import type { SharedOptions } from './options.js'
import type { Target } from './target/target.js'
import type { Screen } from './terminal/screen.js'

/** What a command works with. */
export interface Context {
  readonly target: Target
  readonly options: SharedOptions
  readonly screen: Screen
  /** Aborted by Ctrl-C, and with a `timed_out` error by --timeout. */
  readonly signal: AbortSignal
}

/** What a command works with that talks to nobody. */
export type OfflineContext = Pick<Context, 'screen' | 'signal'>

/** Does a command's work and answers with the exit code. */
export type Run = (context: Context) => Promise<number>

/** The command that the command line names, with its options. */
export type Chosen =
  | { readonly options: SharedOptions; readonly run: Run }
  | { readonly options: SharedOptions; readonly runOffline: (context: OfflineContext) => Promise<number> }

/** Declares one command: its words, its options, its help, and what it does when it is chosen. */
export type Declare = (program: Command, choose: (chosen: Chosen) => void) => void
