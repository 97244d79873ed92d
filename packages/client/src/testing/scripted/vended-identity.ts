import { parseGrants } from '@topic-credentials/grants'
import type { VendedIdentity } from '../../credentials/vendor-options.js'

/** Credentials of alice for an hour. */
export function vendedIdentity(
  accessKeyId: string,
  grants: { readonly publish: readonly string[]; readonly subscribe: readonly string[] } = {
    publish: [],
    subscribe: [],
  },
): VendedIdentity {
  return {
    accessKeyId,
    secretAccessKey: 's',
    sessionToken: 't',
    expiration: new Date(Date.now() + 3_600_000),
    clockOffset: 0,
    vended: {
      endpoint: 'iot.invalid',
      region: 'eu-central-1',
      userId: 'alice',
      clientIdPrefix: 'alice:',
      grants: parseGrants({ ...grants, retain: [] }),
      policyCharacters: 0,
    },
  }
}
