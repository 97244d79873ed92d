import { STSClient } from '@aws-sdk/client-sts'
import { Sha256 } from '@topic-credentials/access'
import { functionCredentials } from './function-credentials.js'

/** The function's STS client. Settings given here keep the SDK's defaults out of the bundle: see `left-out.ts`. */
export function stsClient(region: string, env: NodeJS.ProcessEnv): STSClient {
  return new STSClient({
    // With a Region, the SDK uses the Regional endpoint: closer, and its tokens are valid in every Region.
    region,
    credentials: functionCredentials(env),
    sha256: Sha256,
    // The whole account shares 600 calls per second, and more attempts would make overload worse. The response tells the client when to retry.
    maxAttempts: 3,
    retryMode: 'standard',
    // Three of these fit into the function's ten seconds.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  })
}
