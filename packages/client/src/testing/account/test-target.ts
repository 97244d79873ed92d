import { readFileSync } from 'node:fs'
import { startLocalAws } from '@topic-credentials/local-aws'
import { projectRoot } from '@topic-credentials/project'
import { deployedStack } from '../../cli/target/deployed-stack.js'
import type { FromVendorOptions } from '../../from-vendor.js'

/**
 * The target of the suite: the stack in the outputs file TOPIC_CREDENTIALS_OUTPUTS, otherwise a stand-in that deploys
 * `cdk.out`. The caller must be entitled to publish and subscribe to `test`, and not to `other`.
 */
export interface TestTarget extends AsyncDisposable {
  readonly vendor: FromVendorOptions
  /** PEM certificates to trust; undefined: the system's. */
  readonly ca: string | undefined
}

export async function openTestTarget(): Promise<TestTarget> {
  const outputs = process.env.TOPIC_CREDENTIALS_OUTPUTS
  if (outputs !== undefined && outputs !== '') {
    const { credentialsUrl: url, region } = deployedStack(outputs)
    // A stack that was deployed into a stand-in, whose certificates are from its own authority.
    const authority = new URL(url).hostname === 'localhost' ? process.env.NODE_EXTRA_CA_CERTS : undefined
    const ca = authority === undefined ? undefined : readFileSync(authority, 'utf8')
    return {
      vendor: { url, ...(region === undefined ? {} : { region }), ...(ca === undefined ? {} : { ca }) },
      ca,
      [Symbol.asyncDispose]: async () => {},
    }
  }
  const aws = await startLocalAws({ assembly: `${projectRoot(process.cwd())}/cdk.out`, triggers: false })
  const url = String(aws.outputs.TopicCredentials?.CredentialsUrl)
  return {
    vendor: { url, region: aws.region, credentials: aws.developer, ca: aws.ca },
    ca: aws.ca,
    [Symbol.asyncDispose]: () => aws.close(),
  }
}
