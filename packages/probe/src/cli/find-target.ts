import { setTimeout } from 'node:timers/promises'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { ProbeError } from '../errors.js'
import type { Patience, Target } from '../target.js'

/** Waiting times for AWS. */
const atAws: Patience = {
  silence: 3_000,
  look: 2_000,
  change: 12 * 60_000,
  expired: async ({ expiresAt }, signal) => {
    await setTimeout(Math.max(0, expiresAt - Date.now() + 15_000), undefined, { signal })
  },
}

/** The account of the credentials in the environment. @throws ProbeError `no_account` */
export function findTarget(options: { readonly region?: string; readonly iotEndpoint?: string }): {
  readonly target: Target
  readonly patience: Patience
} {
  const { AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL: endpoint, AWS_ENDPOINT_URL_IOT_DATA_PLANE } = process.env
  const region = options.region ?? AWS_REGION ?? AWS_DEFAULT_REGION
  if (region === undefined) {
    throw new ProbeError('no_account', 'No Region is set', { remedy: 'Pass --region eu-west-1, or set AWS_REGION.' })
  }
  const keys = defaultProvider({ clientConfig: { region } })
  const iotEndpoint = options.iotEndpoint ?? AWS_ENDPOINT_URL_IOT_DATA_PLANE?.replace(/^https:\/\//u, '')
  return { target: { region, endpoint, iotEndpoint, keys: () => keys() }, patience: atAws }
}
