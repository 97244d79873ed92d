import type { Command } from 'commander'
import type { SharedOptions } from './options.js'
import type { Target } from './target/target.js'
import type { Screen } from './terminal/screen.js'

/** The environment of a command. */
export interface Context {
  readonly target: Target
  readonly options: SharedOptions
  readonly screen: Screen
  /** Aborted by Ctrl-C, and with a `timed_out` error by --timeout. */
  readonly signal: AbortSignal
}

/** The environment of a command that uses no network. */
export type OfflineContext = Pick<Context, 'screen' | 'signal'>

/** Runs a command. Resolves with the exit code. */
export type Run = (context: Context) => Promise<number>

/** The command selected on the command line, with its options. */
export type Chosen =
  | { readonly options: SharedOptions; readonly run: Run }
  | { readonly options: SharedOptions; readonly runOffline: (context: OfflineContext) => Promise<number> }

/** Declares one command: name, options, help, and the function to run. */
export type Declare = (program: Command, choose: (chosen: Chosen) => void) => void
