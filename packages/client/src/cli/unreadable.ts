import { TopicCredentialsError } from '../errors.js'

/** The error for a file from an option that cannot be read or has the wrong content. */
export function unreadable(what: string, file: string, cause: unknown, remedy: string): TopicCredentialsError {
  return new TopicCredentialsError(`${what} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
    code: 'invalid_argument',
    value: file,
    remedy,
    cause,
  })
}
