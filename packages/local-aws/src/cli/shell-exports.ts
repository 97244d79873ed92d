import type { Announcement } from '@topic-credentials/project'

/**
 * Lines for `eval` in sh, bash or zsh that aim the AWS tools at a running stand-in. Values are quoted, so that none of them
 * can be read as a command.
 */
export function shellExports({ endpoints, caFile, region, developer }: Announcement): string {
  const variables = {
    AWS_ENDPOINT_URL_STS: endpoints.sts,
    AWS_ENDPOINT_URL_IAM: endpoints.iam,
    ...(endpoints.dynamodb === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb }),
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: `https://${endpoints.iot}`,
    // aws-cli and boto3 read the first, Node.js the second.
    AWS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: developer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: developer.secretAccessKey,
  }
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${quote(value)}`)
  // A token or profile of the real account would win over the keys.
  return [...lines, 'unset AWS_SESSION_TOKEN AWS_PROFILE', ''].join('\n')
}

/** Single quotes keep everything but themselves. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
