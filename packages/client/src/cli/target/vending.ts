import { readFile } from 'node:fs/promises'
import { userPath } from '@topic-credentials/project'
import type { VendedCredentialsProvider } from '../../credentials/provider.js'
import type { AskedGrants, AwsCredentialIdentity, VendorOptions } from '../../credentials/vendor-options.js'
import { fromVendor } from '../../from-vendor.js'
import type { Context } from '../command.js'
import type { SharedOptions } from '../options.js'
import { unreadable } from '../unreadable.js'
import type { Target } from './target.js'

/** A credentials provider for the target with the identity in the options; the caller must close it. */
export function vending(
  { target, options }: Context,
  request: AskedGrants = {},
): VendedCredentialsProvider & Disposable {
  const region = options.region ?? target.region
  const provider = fromVendor({
    url: target.credentialsUrl,
    request,
    ...(region === undefined ? {} : { region }),
    ...(target.ca === undefined ? {} : { ca: target.ca }),
    ...caller(target, options),
  })
  return Object.assign(provider, { [Symbol.dispose]: () => provider.close() })
}

/** The caller's identity: from the options, otherwise from the target, otherwise from the AWS credential chain. */
function caller(target: Target, { profile, tokenFile }: SharedOptions): Pick<VendorOptions, 'credentials' | 'token'> {
  if (tokenFile !== undefined) return { token: () => readToken(tokenFile) }
  if (target.token !== undefined) return { token: target.token }
  if (profile === undefined && target.credentials !== undefined) return { credentials: target.credentials }
  return { credentials: () => chain(profile) }
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(userPath(file), 'utf8')).trim()
  } catch (cause) {
    throw unreadable('The token', file, cause, 'Use a file that contains only the token.')
  }
}

/** Set while this process runs the AWS credential chain, for child processes that the chain starts. */
const asking = 'TOPIC_CREDENTIALS_ASKING'

/** With an explicit profile, a failure of that profile is reported, instead of continuing with the rest of the chain. */
async function chain(profile = process.env.AWS_PROFILE): Promise<AwsCredentialIdentity> {
  // A profile whose credential_process is this command would start it recursively.
  if (process.env[asking] !== undefined) {
    throw new Error('The profile runs this command as its credential process. Pass --profile with another profile.')
  }
  process.env[asking] = '1'
  try {
    const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    return await (profile ? fromIni({ profile }) : fromNodeProviderChain())()
  } finally {
    delete process.env[asking]
  }
}
