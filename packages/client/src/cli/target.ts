import type { AwsCredentialIdentity } from '../vendor.js'

/** What the command talks to, and why it is that one. */
export interface Target extends AsyncDisposable {
  /** One line for the user: which target, and how it was found. */
  readonly description: string
  readonly credentialsUrl: string
  readonly region?: string
  /** The caller's AWS credentials; default: the AWS credential chain. */
  readonly credentials?: AwsCredentialIdentity
  /** PEM certificates of a stand-in. */
  readonly ca?: string
}
