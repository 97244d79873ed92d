import picocolors from 'picocolors'
import { visible, visibleLines } from './visible.js'

export type Colours = ReturnType<typeof picocolors.createColors>

/** A stream to a terminal, a pipe or a file. */
export type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number }

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const spinnerMs = 80
const statusMs = 1_000
/** Returns to the first column and erases to the end of the line (ECMA-48). */
const erase = '\r\u001b[K'

/** Options of the screen. NO_COLOR (https://no-color.org) and TERM in the environment control colours. */
export interface ScreenOptions {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: NodeJS.ProcessEnv
  /** False: no status line, as with --json. */
  readonly live: boolean
}

/**
 * stdout and stderr and, on a terminal, one changing status line below them. A pipe only gets plain lines.
 *
 * @example screen.working('Connecting'); … screen.clear()
 */
export class Screen {
  /** Colours for stdout. */
  readonly colours: Colours
  /** Colours for stderr. */
  readonly errColours: Colours
  readonly #stdout: Stream
  readonly #stderr: Stream
  readonly #live: boolean
  #line: (() => string) | undefined
  #timer: NodeJS.Timeout | undefined

  constructor({ stdout, stderr, env, live }: ScreenOptions) {
    const dumb = env.TERM === 'dumb'
    const coloured = (stream: Stream) => stream.isTTY === true && !dumb && (env.NO_COLOR ?? '') === ''
    this.#stdout = stdout
    this.#stderr = stderr
    this.#live = live && stderr.isTTY === true && !dumb
    this.colours = picocolors.createColors(coloured(stdout))
    this.errColours = picocolors.createColors(coloured(stderr))
  }

  /** Prints one line of a result. */
  readonly out = (line: string): void => this.#print(this.#stdout, line)

  /** Prints one line of progress. */
  readonly err = (line: string): void => this.#print(this.#stderr, line)

  /** Shows a spinner until the next `working`, `status` or `clear`. */
  working(what: string): void {
    let frame = 0
    this.#show(() => `${frames[frame++ % frames.length]} ${what}…`, spinnerMs)
  }

  /** Shows a line that is updated every second. */
  status(line: () => string): void {
    this.#show(line, statusMs)
  }

  clear(): void {
    clearInterval(this.#timer)
    if (this.#line !== undefined) this.#stderr.write(erase)
    this.#line = undefined
  }

  #show(line: () => string, everyMs: number): void {
    if (!this.#live) return
    clearInterval(this.#timer)
    this.#line = line
    this.#timer = setInterval(() => this.#draw(), everyMs).unref()
    this.#draw()
  }

  #print(stream: Stream, line: string): void {
    if (this.#line !== undefined) this.#stderr.write(erase)
    stream.write(`${visibleLines(line)}\n`)
    this.#draw()
  }

  #draw(): void {
    if (this.#line === undefined) return
    // A line that wraps could not be erased. Some terminals report 0 columns.
    const width = (this.#stderr.columns || 80) - 1
    this.#stderr.write(erase + this.errColours.dim([...visible(this.#line())].slice(0, width).join('')))
  }
}

/** `59:41` from now until then, or `0:00`. */
export function countdown(until: Date, now: number): string {
  const seconds = Math.max(0, Math.floor((until.getTime() - now) / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
