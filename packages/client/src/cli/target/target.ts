import { readFileSync } from 'node:fs'
import { userPath } from '@topic-credentials/project'
import type { AwsCredentialIdentity } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'

/** What the command talks to, and why it is that one. */
export interface Target extends AsyncDisposable {
  /** One line for the user: which target, and how it was found. */
  readonly description: string
  readonly credentialsUrl: string
  readonly region?: string
  /** The caller's AWS credentials; default: the AWS credential chain. */
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>)
  /** The caller's token, where the target signs in who was named. */
  readonly token?: () => Promise<string>
  /** PEM certificates of a stand-in, or of a vendor that is named by its URL. */
  readonly ca?: string
  /** File that holds them, for other programs. */
  readonly caFile?: string
  /** True for a stand-in of this command's own: what it vends is worth nothing afterwards. */
  readonly endsWithCommand?: true
}

/** @throws TopicCredentialsError `invalid_argument`, naming the file */
export function readCertificates(file: string): string {
  try {
    return readFileSync(userPath(file), 'utf8')
  } catch (cause) {
    throw new TopicCredentialsError(`The CA file cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      code: 'invalid_argument',
      value: file,
      remedy: 'Give a PEM file, for example AmazonRootCA1.pem, or leave --ca out to trust what the system trusts.',
      cause,
    })
  }
}
