/** One thing that happened in the stand-in: what `pnpm local` prints and what tests wait for. Never holds a secret. */
export interface JournalEntry {
  /** Milliseconds since the epoch, by the stand-in's clock. */
  readonly at: number
  readonly service:
    | 'cloudformation'
    | 'dynamodb'
    | 'execute-api'
    | 'iam'
    | 'iot'
    | 'lambda'
    | 'local'
    | 's3'
    | 'ssm'
    | 'sts'
  /** The operation as AWS names it: `AssumeRole`, `POST /credentials`, `Connect`, `Publish`, … */
  readonly event: string
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** Who: a principal's ARN, or the access key ID that nobody could be found for. */
  readonly principal?: string
  /** One sentence: for a refusal, which statement decided, or that none allowed it. */
  readonly detail?: string
  /** Facts for machines: `{ clientId, topic, resource, requestId, … }`. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

/** Takes what happens, in order. It must not throw. */
export type Journal = (entry: JournalEntry) => void
