/** One event in the stand-in: printed by `npm run local`, awaited by tests. Never contains a secret. */
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
  /** The operation in AWS's terms: `AssumeRole`, `POST /credentials`, `Connect`, `Publish`, … */
  readonly event: string
  readonly outcome: 'ok' | 'refused' | 'failed'
  /** The principal's ARN, or an unknown access key ID. */
  readonly principal?: string | undefined
  /** One sentence; for a refusal, the deciding statement, or that none allows the request. */
  readonly detail?: string | undefined
  /** Structured data: `{ clientId, topic, resource, requestId, … }`. */
  readonly fields?: Readonly<Record<string, string | number | boolean>>
}

/** Receives events in order. It must not throw. */
export type Journal = (entry: JournalEntry) => void
