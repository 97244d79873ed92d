import { readFileSync } from 'node:fs'
import { EntitlementError, parseEntitlements } from '@topic-credentials/grants'
import { ConstructError } from './errors.js'

/**
 * Who may have which grants, in the form of `entitlements.json`. It is shipped with the function as it was written and
 * parsed again there, so it stays plain JSON here.
 */
export type EntitlementsDocument = object

/**
 * Reads and validates an entitlements file at synth, so that a typing error never reaches a deployment.
 *
 * @throws ConstructError `entitlements_unreadable`, `entitlements_invalid`: the message names the file and the place in it
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
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    const remedy = 'Name a JSON file with the list "entitlements".'
    throw new ConstructError('entitlements_unreadable', `${file}: ${(cause as Error).message}`, {
      value: file,
      remedy,
      cause,
    })
  }
}
