import { readFile } from 'node:fs/promises'
import { userPath } from '@topic-credentials/project'
import type { VendedCredentialsProvider } from '../../credentials/provider.js'
import type { AskedGrants, AwsCredentialIdentity, VendorOptions } from '../../credentials/vendor-options.js'
import { fromVendor } from '../../from-vendor.js'
import type { Context } from '../command.js'
import type { SharedOptions } from '../options.js'
import { unreadable } from '../unreadable.js'
import type { Target } from './target.js'

/** Asks the target's vendor as whoever the options name; closed at the end of the block that holds it. */
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

/** How the caller proves who they are: what the options say, else what the target brings, else the AWS credential chain. */
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
    throw unreadable('The token', file, cause, 'Give a file that holds the token and nothing else.')
  }
}

/** Set while this process asks the AWS credential chain, for the processes that the chain starts. */
const asking = 'TOPIC_CREDENTIALS_ASKING'

/** A profile that was named is meant: when it fails, its own reason is told instead of what lies behind it in the chain. */
async function chain(profile = process.env.AWS_PROFILE): Promise<AwsCredentialIdentity> {
  // A profile whose credential_process is this command would start it for ever.
  if (process.env[asking] !== undefined) {
    throw new Error('A profile that runs this command cannot ask with itself: give --profile with another one.')
  }
  process.env[asking] = '1'
  try {
    const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers')
    return await (profile ? fromIni({ profile }) : fromNodeProviderChain())()
  } finally {
    delete process.env[asking]
  }
}
