/** The data of the page. Times are milliseconds since the epoch, by the stand-in's clock. Nothing here contains a key or a token. */

/** A decision of IAM, or a refusal of another kind. */
export interface DecisionRow {
  readonly id: number
  readonly at: number
  /** User ID, or a principal's name where no credentials were vended. */
  readonly who: string
  readonly clientId?: string | undefined
  /** `Publish`, `Subscribe`, `POST /credentials`, … */
  readonly operation: string
  /** Topic, topic filter or client ID. */
  readonly on: string
  readonly allowed: boolean
  readonly reason: string
}

/** A message with its outcome for each client. */
export interface MessageRow {
  readonly id: number
  readonly at: number
  readonly topic: string
  readonly qos: 0 | 1
  readonly retain: boolean
  /** Client ID, or another sender. */
  readonly from: string
  readonly bytes: number
  /** The first bytes, in base64. */
  readonly head: string
  readonly deliveries: Readonly<Record<string, string>>
}

/** A line of the log. */
export interface LogRow {
  readonly id: number
  readonly at: number
  readonly source: string
  readonly text: string
  readonly failed: boolean
}

/** Rows since the last batch. */
export interface Batch {
  readonly decisions: readonly DecisionRow[]
  readonly messages: readonly MessageRow[]
  /** By message, by client ID. */
  readonly deliveries: readonly (readonly [number, string, string])[]
  readonly log: readonly LogRow[]
  /** Number of rows that were not shown. */
  readonly skipped: number
}

/** A policy of a decision, with the statements of its document. */
export interface PolicyView {
  readonly name: string
  readonly kind: 'identity' | 'session' | 'boundary'
  readonly statements: readonly { readonly text: string; readonly decided: boolean }[]
}

/** One decision with its details. */
export interface DecisionView extends DecisionRow {
  readonly principal: string
  readonly resource: string
  readonly policies: readonly PolicyView[]
  /** By the grants that were vended: a sentence, and the grant or the nearest one. */
  readonly grant?: {
    readonly allowed: boolean
    readonly sentence: string
    readonly grant?: string | undefined
    readonly nearest?: string | undefined
  }
  readonly grants?: Readonly<Record<string, readonly string[]>>
}

export interface ConnectionRow {
  readonly clientId: string
  readonly user: string
  readonly principal: string
  readonly mqttVersion: 4 | 5
  readonly openedAt: number
  readonly expiresAt: number | undefined
  readonly subscriptions: readonly string[]
}

/** The stand-in itself. */
export interface StateView {
  readonly now: number
  readonly region: string
  readonly accountId: string
  readonly callers: string
  readonly stacks: readonly string[]
  readonly faults: readonly { readonly name: string; readonly help: string }[]
}

/** The permissions of a user, and where they come from. */
export interface AskView {
  readonly userId: string
  readonly rules: readonly { readonly place: string; readonly text: string; readonly grants: readonly string[] }[]
  readonly grants: Readonly<Record<string, readonly string[]>>
  readonly dropped: readonly string[]
  readonly policy: {
    readonly characters: number
    readonly limit: number
    readonly form: string
    readonly packed: string
    readonly document: string
  }
  readonly decision?: {
    readonly allowed: boolean
    readonly sentence: string
    readonly byIam: string
    readonly agree: boolean
  }
  readonly proof: string
}
