import { readFileSync } from 'node:fs'
import { userPath } from '@topic-credentials/project'
import type { AwsCredentialIdentity } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'

/** The vendor that the command uses, and how it was found. */
export interface Target extends AsyncDisposable {
  /** One line for the user: the target, and how it was found. */
  readonly description: string
  readonly credentialsUrl: string
  readonly region?: string
  /** The caller's AWS credentials; default: the AWS credential chain. */
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>)
  /** The caller's token, if the target signs the user in. */
  readonly token?: () => Promise<string>
  /** PEM certificates of a stand-in, or of a vendor given by its URL. */
  readonly ca?: string
  /** A warning to print before the command runs. */
  readonly notice?: string
  /** A file with these certificates, for other programs. */
  readonly caFile?: string
  /** True for a stand-in started by this command: its credentials are useless afterwards. */
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
      remedy: 'Use a PEM file, for example AmazonRootCA1.pem, or omit --ca to use the trust store of the system.',
      cause,
    })
  }
}
