import type { TopicCredentialsError } from '../errors.js'
import { loaded } from './loaded.js'

type Refusals = typeof import('../broker-refusals.js')

/**
 * The error for a refusal of the broker. If the module with the messages cannot be loaded, the result is that error; the handling of the
 * refusal does not depend on it.
 *
 * @example const error = await refusal(({ tooSoon }) => tooSoon(clientId))
 */
export function refusal(choose: (refusals: Refusals) => TopicCredentialsError): Promise<TopicCredentialsError> {
  return loaded(() => import('../broker-refusals.js')).then(choose, (error: TopicCredentialsError) => error)
}
