import { TopicCredentialsError } from '../errors.js'

/** A file that an option names and that does not give what it should. */
export function unreadable(what: string, file: string, cause: unknown, remedy: string): TopicCredentialsError {
  return new TopicCredentialsError(`${what} cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
    code: 'invalid_argument',
    value: file,
    remedy,
    cause,
  })
}
