import { AccessError } from '../errors.js'
import { type SignedService, signedCalls } from './signed-call.js'

/**
 * The ARN of the identity that these credentials belong to, from STS. The call needs no permission.
 *
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function callerArn(service: Omit<SignedService, 'service'>): Promise<string> {
  const call = signedCalls({ ...service, service: 'sts' })
  const { status, body } = await call({
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    longestAnswer: 65_536,
    signal: AbortSignal.timeout(5000),
  })
  const arn = /<Arn>(arn:[^<]{1,300})<\/Arn>/u.exec(body)?.[1]
  if (status === 200 && arn !== undefined) return arn
  throw new AccessError('table_refused', `STS did not identify these credentials (status ${status}).`, {
    value: status,
    remedy: 'Check whether the credentials have expired.',
  })
}
