// Loaded only for callers with AWS credentials, because most pages use a token.
import type { AwsCredentialIdentity, VendorOptions } from '../../credentials/vendor-options.js'
import { TopicCredentialsError } from '../../errors.js'
import { signedPostHeaders } from '../../sigv4/signed-post-headers.js'

/**
 * The headers of a request that is signed with the caller's own AWS credentials, for example of a Cognito identity pool.
 *
 * @throws TopicCredentialsError `credentials_not_found`, `invalid_argument` without a region, `insecure_context`
 */
export async function signedHeaders(
  { credentials, region: given }: VendorOptions,
  url: URL,
  body: string,
  date: Date,
): Promise<Record<string, string>> {
  const region = given ?? regionOf(url)
  if (credentials === undefined) {
    throw new TopicCredentialsError('In a browser, `token` or `credentials` is required', {
      code: 'credentials_not_found',
      remedy: 'Set `token` (from any OIDC library) or `credentials`, for example of a Cognito identity pool.',
    })
  }
  if (region === undefined) {
    throw new TopicCredentialsError(`The host name ${url.host} does not contain a region`, {
      code: 'invalid_argument',
      value: url.host,
      remedy: 'Set `region`.',
    })
  }
  return signedPostHeaders({ ...(await identityOf(credentials)), region, date }, 'execute-api', url, body)
}

async function identityOf(credentials: NonNullable<VendorOptions['credentials']>): Promise<AwsCredentialIdentity> {
  try {
    return typeof credentials === 'function' ? await credentials() : credentials
  } catch (cause) {
    throw new TopicCredentialsError('There are no AWS credentials for the request to the vendor', {
      code: 'credentials_not_found',
      remedy: 'See the cause: it is the error of the given provider.',
      cause,
    })
  }
}

function regionOf({ hostname }: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\./u.exec(hostname)?.[1]
}
