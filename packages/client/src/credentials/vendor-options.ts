import type { VendResponse } from '@topic-credentials/grants/core'

/** An AWS key pair, in the format of the AWS SDK v3. */
export interface AwsCredentialIdentity {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  readonly expiration?: Date
}

/** Vended credentials, in the format of the AWS SDK v3, with the other fields of the vendor's response. */
export interface VendedIdentity extends AwsCredentialIdentity {
  readonly sessionToken: string
  /** By the vendor's clock. */
  readonly expiration: Date
  /** Endpoint, region, user ID, client ID prefix and grants of these credentials. */
  readonly vended: Omit<VendResponse, 'credentials'>
  /** The vendor's clock minus this machine's, in milliseconds. */
  readonly clockOffset: number
}

/** Topic filters to request, and the lifetime; the vendor validates them. */
export interface AskedGrants {
  readonly publish?: readonly string[]
  readonly subscribe?: readonly string[]
  readonly retain?: readonly string[]
  /** 900 to 3,600. Default 3,600. */
  readonly durationSeconds?: number
}

/** The vendor, and how the caller authenticates. */
export interface VendorOptions {
  /** The stack's output `CredentialsUrl`. */
  readonly url: string
  /** Region of the API, for signing. Default: taken from an `execute-api` URL, else `AWS_REGION`. */
  readonly region?: string
  /** Authenticates the caller with IAM. Default: the AWS credential chain (environment, profile, SSO, container, instance). */
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>)
  /** Authenticates the caller with a bearer token instead; a function is called for every request. */
  readonly token?: string | (() => string | Promise<string>)
  /** Trusted certificates for the vendor, as PEM or as the path of a PEM file, if the system's trust store is not enough. Node only. */
  readonly ca?: string
  /** HTTP proxy, or `false` for none. Default: HTTPS_PROXY in the environment, unless NO_PROXY contains the host. Node only. */
  readonly proxy?: string | false
  /** Timeout of one request in milliseconds, from obtaining the caller's credentials or token to the last byte of the response. Default 10,000. */
  readonly timeoutMs?: number
}
