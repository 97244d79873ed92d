import { readFileSync } from 'node:fs'
import { EntitlementError, parseEntitlements } from '@topic-credentials/grants'

/**
 * Who may have which grants, in the form of `entitlements.json`. It is shipped with the function as it was written and
 * parsed again there, so it stays plain JSON here.
 */
export type EntitlementsDocument = object

/** `entitlements.json` cannot be used: not found, not JSON, or not entitlements. The message names file and place. */
export class EntitlementsFileError extends Error {
  override readonly name = 'EntitlementsFileError'
  readonly file: string

  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options)
    this.file = file
  }
}

/**
 * Reads and validates an entitlements file at synth, so that a typing error never reaches a deployment.
 *
 * @throws EntitlementsFileError naming the file, the place in it and what is wrong there.
 * @example
 * new TopicCredentials(this, 'Credentials', { entitlements: readEntitlements('entitlements.json') })
 */
export function readEntitlements(file: string): EntitlementsDocument {
  let document: unknown
  try {
    document = JSON.parse(readFileSync(file, 'utf8'))
    parseEntitlements(document)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const remedy = error instanceof EntitlementError ? ` ${error.remedy}` : ''
    throw new EntitlementsFileError(file, message + remedy, { cause: error })
  }
  return document as EntitlementsDocument
}
