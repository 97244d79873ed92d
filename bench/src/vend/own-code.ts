import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Prover } from '@topic-credentials/credential-vendor'
import { vendingHandler } from '@topic-credentials/credential-vendor/vending-handler'
import { root } from '../checkout.js'
import { event } from './event.js'

const calls = 600
/** Only the last calls are counted. */
const counted = 200

/** Milliseconds of warm calls of the function's own code: an STS that answers immediately replaces the SDK and the network. */
export async function ownCodeTimes(): Promise<number[]> {
  const session = {
    accessKeyId: 'ASIA',
    secretAccessKey: 'secret',
    sessionToken: 'token'.repeat(200),
    expiration: new Date(Date.now() + 3_600_000),
    packedPolicySize: 10,
  }
  const handler = vendingHandler({
    environment: {
      roleArn: 'arn:aws:iam::123456789012:role/topics',
      endpoint: 'example-ats.iot.eu-west-1.amazonaws.com',
      apiId: event.requestContext.apiId,
      region: 'eu-west-1',
      functionName: 'vendor',
      identity: {
        provers: new Set<Prover>(['iam']),
        userPrefix: '',
        roleSessions: 'session',
        guests: false,
        deployCheckRole: undefined,
      },
      cacheSeconds: 0,
      spreadSeconds: undefined,
      dense: true,
      accessTable: undefined,
      accessFunction: undefined,
      groupsClaim: 'groups',
      ceiling: undefined,
    },
    entitlements: JSON.parse(readFileSync(join(root, 'infra/entitlements.json'), 'utf8')),
    assumeRole: async () => session,
    write: () => undefined,
  })
  const times: number[] = []
  for (let call = 0; call < calls; call++) {
    const began = performance.now()
    const { statusCode, body } = await handler(event, { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 })
    times.push(performance.now() - began)
    if (statusCode !== 200) throw new Error(`The function returned ${statusCode}: ${body}`)
  }
  return times.slice(-counted)
}
