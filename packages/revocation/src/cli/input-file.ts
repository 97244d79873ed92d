import { readFileSync } from 'node:fs'
import { parseJson } from '@topic-credentials/grants'
import { userPath } from '@topic-credentials/project'
import { RevocationError } from '../errors.js'

/** The text of a file, relative to the folder of the user's shell; `-` is standard input. @throws RevocationError `invalid_file` */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : userPath(file), 'utf8')
  } catch (error) {
    throw unusable(file, `The file ${file} cannot be read: ${(error as Error).message}.`)
  }
}

/**
 * The JSON value of a file, as `parse` understands it.
 *
 * @param what What the file is, for the message
 * @throws RevocationError `invalid_file`
 */
export function readWith<T>(file: string, what: string, parse: (value: unknown) => T): T {
  const value = parseJson(readText(file), (reason) => unusable(file, `${file} is not JSON: ${reason}.`))
  try {
    return parse(value)
  } catch (error) {
    throw unusable(file, `${file} does not have the format of ${what}: ${(error as Error).message}.`)
  }
}

function unusable(file: string, message: string): RevocationError {
  return new RevocationError('invalid_file', message, {
    value: file,
    remedy: 'Check the name and the content of the file.',
  })
}
