import type { ProbeAccount } from '../account.js'

/** A question that AWS's documentation does not answer, and the experiment that answers it. */
export interface Question {
  /** Name of the switch of the stand-in, or a name of its own. */
  readonly name: string
  /** The question in words, as in docs/not-run-on-aws.md. */
  readonly about: string
  /** The default of the stand-in. */
  readonly expected: string
  /** The duration of a slow question, for display: `until …, at most 15 minutes`. */
  readonly takes?: string
  /** Returns the answer; `note` records the observations behind it. */
  ask(account: ProbeAccount, note: (line: string) => void): Promise<string>
}

/** The result of a question. */
export interface Answer {
  readonly question: Question
  /** Undefined if it could not be asked. */
  readonly answer: string | undefined
  readonly notes: readonly string[]
  /** Why it could not be asked. */
  readonly failure?: string
}

/** Allow statements for a session, from actions to resources: `client/…`, `topic/…`. */
export function allow(account: ProbeAccount, rights: Readonly<Record<string, readonly string[]>>): object[] {
  return Object.entries(rights).map(([action, names]) => ({
    Effect: 'Allow',
    Action: `iot:${action}`,
    Resource: names.map((name) => account.arn(name)),
  }))
}

/** The rights of a client that uses only topics that begin with its ID, for {@link allow}. */
export function ownTopics(clientId: string) {
  const topics = [`topic/${clientId}/*`]
  return {
    Connect: [`client/${clientId}`],
    Publish: topics,
    Receive: topics,
    Subscribe: [`topicfilter/${clientId}/*`],
  }
}
