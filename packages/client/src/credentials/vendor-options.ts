import type { VendResponse } from '@topic-credentials/grants/core'

/** An AWS key pair, as every AWS SDK v3 client takes it. */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Vended credentials, in the shape of every AWS SDK v3 client, with what the vendor said beside them. */
export interface VendedIdentity extends AwsCredentialIdentity {
  readonly sessionToken: string
  /** By the vendor's clock. */
  readonly expiration: Date
  /** Endpoint, region, user ID, client ID prefix and grants that these credentials stand for. */
  readonly vended: Omit<VendResponse, 'credentials'>
  /** The vendor's clock minus this machine's, in milliseconds. */
  readonly clockOffset: number
}

/** Topic filters to ask for, and for how long; the vendor checks them. */
export interface AskedGrants {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
  /** 900 to 3,600. Default 3,600. */
  readonly durationSeconds?: number
}

/** Where the vendor is and how the caller proves who it is. */
export interface VendorOptions {
  /** The stack's output `CredentialsUrl`. */
  readonly url: string
  /** Region of the API, for signing. Default: taken from an `execute-api` URL, else `AWS_REGION`. */
  readonly region?: string
  /** Proves the caller by IAM. Default: the AWS credential chain (environment, profile, SSO, container, instance). */
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>)
  /** Proves the caller by a bearer token instead; a function is asked anew for every request. */
  readonly token?: string | (() => string | Promise<string>)
  /** Certificates to trust for the vendor, as PEM or as the path of a PEM file, where the system's do not do. Node only. */
  readonly ca?: string
  /** HTTP proxy, or `false` for none. Default: the environment's HTTPS_PROXY, unless NO_PROXY names the host. Node only. */
  readonly proxy?: string | false
  /** Milliseconds for one request, from the caller's own credentials or token to the last byte of the answer. Default 10,000. */
  readonly timeoutMs?: number
}
