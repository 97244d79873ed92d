import type { Announcement } from '@topic-credentials/project'

/** Environment variables that point the AWS tools to a running stand-in, and {@link unset} variables that would override them. */
export function toolVariables({ endpoints, caFile, region, developer }: Announcement): Record<string, string> {
  return {
    // For all services without their own variable: the stand-in refuses unsupported ones, so no request reaches AWS.
    AWS_ENDPOINT_URL: endpoints.endpoint,
    AWS_ENDPOINT_URL_S3: endpoints.endpoint,
    AWS_ENDPOINT_URL_STS: endpoints.sts,
    AWS_ENDPOINT_URL_IAM: endpoints.iam,
    ...(endpoints.dynamodb === undefined ? {} : { AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb }),
    AWS_ENDPOINT_URL_IOT_DATA_PLANE: `https://${endpoints.iot}`,
    // aws-cli and boto3 use the first, Node.js the second.
    AWS_CA_BUNDLE: caFile,
    NODE_EXTRA_CA_CERTS: caFile,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: developer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: developer.secretAccessKey,
  }
}

/** A token or profile of the real account would override the keys. */
export const unset = ['AWS_SESSION_TOKEN', 'AWS_PROFILE'] as const

/** The environment of a tool that uses a running stand-in, based on this process's own. */
export function toolEnvironment(running: Announcement): Record<string, string | undefined> {
  const without = Object.fromEntries(unset.map((name) => [name, undefined]))
  return { ...process.env, ...without, ...toolVariables(running) }
}
