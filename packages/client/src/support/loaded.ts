import { TopicCredentialsError } from '../errors.js'
import { withDeadline } from './deadline.js'

const loadDeadlineMs = 10_000

/**
 * Loads a part of this package that most programs do not need.
 *
 * @throws TopicCredentialsError `part_not_loaded`: without a network, or if the files of the page have been replaced
 * @example const { noRegion } = await loaded(load, signal)
 */
export async function loaded<Part>(load: () => Promise<Part>, signal?: AbortSignal): Promise<Part> {
  const begin = () => load().catch((cause: unknown) => Promise.reject(notLoaded(String(cause))))
  return withDeadline(begin, loadDeadlineMs, () => notLoaded('timeout'), signal)
}

function notLoaded(why: string): TopicCredentialsError {
  return new TopicCredentialsError(`A part of the client could not be loaded: ${why}`, {
    code: 'part_not_loaded',
    remedy: 'Check the network, then reload the page: its files may have been replaced.',
  })
}
