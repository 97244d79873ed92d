/** Access keys in the format of the SDKs and the signer. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string | undefined
}

/** The account, in AWS or in a stand-in, and the caller's credentials. */
export interface Target {
  readonly region: string
  keys(): Promise<Keys>
  /** PEM of a stand-in's certificate authority. */
  readonly ca?: string | undefined
  /** The endpoint of all services except AWS IoT's data plane, instead of AWS's own. */
  readonly endpoint?: string | undefined
  /** Host and port of AWS IoT's data plane. Absent: AWS IoT is asked for it. */
  readonly iotEndpoint?: string | undefined
}

/** How long the probe waits. With a stand-in, no waiting is necessary. */
export interface Patience {
  /** Milliseconds to wait for a response that the server can omit. */
  readonly silence: number
  /** Milliseconds between two attempts while something takes minutes. */
  readonly look: number
  /** Milliseconds until a changed policy takes effect; AWS IoT documents 6 to 8 minutes. */
  readonly change: number
  /** Resolves when credentials have expired. @throws AbortError */
  expired(keys: Keys & { readonly expiresAt: number }, signal: AbortSignal): Promise<void>
}
