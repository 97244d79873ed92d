import { STSClient } from '@aws-sdk/client-sts'
import { Sha256 } from '@topic-credentials/access'
import { functionCredentials } from './function-credentials.js'

/** The function's client of STS. What it is given here the bundle need not bring as a default: see `left-out.ts`. */
export function stsClient(region: string, env: NodeJS.ProcessEnv): STSClient {
  return new STSClient({
    // A Region makes it the Regional endpoint: nearer, and its tokens are valid in every Region.
    region,
    credentials: functionCredentials(env),
    sha256: Sha256,
    // 600 calls per second are shared by the whole account: insisting makes a storm worse. The client is told when to come back.
    maxAttempts: 3,
    retryMode: 'standard',
    // Three of these fit into the function's ten seconds.
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
  })
}
