import { readFileSync } from 'node:fs'
import { EntitlementError, parseEntitlements, parseJson } from '@topic-credentials/grants'
import { ConstructError } from './errors.js'

/**
 * The entitlements in the format of `entitlements.json`. The file is shipped with the function unchanged and parsed there again, so it
 * stays plain JSON.
 */
export type EntitlementsDocument = object

/**
 * Reads and validates an entitlements file during synthesis, so that a typo never reaches a deployment.
 *
 * @throws ConstructError `entitlements_unreadable`, `entitlements_invalid`: the message contains the file and the path in it
 * @example
 * new TopicCredentials(this, 'Credentials', { entitlements: readEntitlements('entitlements.json') })
 */
export function readEntitlements(file: string): EntitlementsDocument {
  const document = readJson(file)
  try {
    parseEntitlements(document)
  } catch (cause) {
    if (!(cause instanceof EntitlementError)) throw cause
    const { message, remedy } = cause
    throw new ConstructError('entitlements_invalid', `${file}: ${message}`, { value: file, remedy, cause })
  }
  return document as EntitlementsDocument
}

function readJson(file: string): unknown {
  const remedy = 'Pass the path of a JSON file with the list "entitlements".'
  const refuse = (reason: string, cause: unknown) =>
    new ConstructError('entitlements_unreadable', `${file}: ${reason}`, { value: file, remedy, cause })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw refuse((cause as Error).message, cause)
  }
  return parseJson(text, refuse)
}
