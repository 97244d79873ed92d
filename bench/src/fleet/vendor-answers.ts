import { type Vended, vendRefusal } from '@topic-credentials/client/simulation'

/** Any instant will do. */
export const epoch = Date.parse('2026-11-23T00:00:00Z')
export const lifetimeMs = 3_600_000

const grantsOfAll = {
  endpoint: 'iot.invalid',
  region: 'eu-central-1',
  userId: 'device',
  clientIdPrefix: 'device:',
  grants: { publish: [], subscribe: [], retain: [] },
  policyCharacters: 0,
}

/** What a client of the fleet was vended at that instant. */
export function vendedAt(client: number, at: number): Vended {
  const expiration = new Date(at + lifetimeMs).toISOString()
  const credentials = { accessKeyId: `ASIA${client}`, secretAccessKey: 's', sessionToken: 't', expiration }
  return { response: { ...grantsOfAll, credentials }, clockOffset: 0 }
}

/** The vendor's refusal while it is over its quota, as the client makes an error of it. */
export function busyVendor(status: number): Error {
  const url = new URL('https://vendor.invalid/credentials')
  return vendRefusal({ body: '', clockOffset: 0, url, status, retryAfter: status === 429 ? '5' : undefined })
}
