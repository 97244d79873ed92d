/** A key pair, as the SDKs and the signer take it. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The account that is asked, AWS or a stand-in, and who asks. */
export interface Target {
  readonly region: string
  keys(): Promise<Keys>
  /** PEM of a stand-in's certificate authority. */
  readonly ca?: string | undefined
  /** For all services but AWS IoT's data plane, in place of AWS's own. */
  readonly endpoint?: string | undefined
  /** Host and port of AWS IoT's data plane; absent: asked for. */
  readonly iotEndpoint?: string | undefined
}

/** How long the probe waits; a stand-in needs none of it. */
export interface Patience {
  /** Milliseconds for an answer that may not come. */
  readonly silence: number
  /** Milliseconds between two looks at something that takes minutes. */
  readonly look: number
  /** Milliseconds for a change of a policy to be felt; AWS IoT says 6 to 8 minutes. */
  readonly change: number
  /** Until credentials have expired. @throws AbortError */
  expired(keys: Keys & { readonly expiresAt: number }, signal: AbortSignal): Promise<void>
}
