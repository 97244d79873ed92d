import type { ProbeAccount } from '../account.js'

/** Something that AWS's documentation leaves open, and how to find it out. */
export interface Question {
  /** The stand-in's switch of that name, or a word for it. */
  readonly name: string
  /** In docs/not-run-on-aws.md, or what a client notices. */
  readonly about: string
  /** What the stand-in does by default. */
  readonly expected: string
  /** For whom waits, where it is long: `until …, at most 15 minutes`. */
  readonly takes?: string
  /** The answer in a word; `note` is for what led to it. */
  ask(account: ProbeAccount, note: (line: string) => void): Promise<string>
}

/** What became of it. */
export interface Answer {
  readonly question: Question
  /** Undefined where it could not be asked. */
  readonly answer: string | undefined
  readonly notes: readonly string[]
  /** Why it could not be asked. */
  readonly failure?: string
}

/** Rights of a session: names in AWS IoT's own words, `client/…`, `topic/…`. */
export function allow(account: ProbeAccount, rights: Readonly<Record<string, readonly string[]>>): object[] {
  return Object.entries(rights).map(([action, names]) => ({
    Effect: 'Allow',
    Action: `iot:${action}`,
    Resource: names.map((name) => account.arn(name)),
  }))
}
