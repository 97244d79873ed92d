import { AccessError, type AccessErrorCode, keyText } from '@topic-credentials/access'
import type { AccessAdmin, AccessEntry } from './access-admin.js'
import { parseEntry } from './entries.js'

export interface ImportOptions {
  /** Validates all lines without writing. */
  readonly dryRun?: boolean | undefined
  /** Called after each batch with the number of entries written. */
  readonly onProgress?: ((written: number, all: number) => void) | undefined
  /** Ends the import after the batch that is being written. */
  readonly signal?: AbortSignal | undefined
}

/** Number of items that are written concurrently. */
const batch = 20

/**
 * Replaces the grants of the users, groups and roles in the file. All lines are validated before the first one is written; an interrupted
 * import can be repeated.
 *
 * @param text JSON lines, in the format of `export`.
 * @throws AccessError `invalid_grants` or `beyond_ceiling` with the line number, before anything is written; `interrupted` and errors of the
 *   table, with the number of entries written so far
 */
export async function importAccess(
  access: AccessAdmin,
  text: string,
  { dryRun = false, signal, onProgress }: ImportOptions = {},
): Promise<{ readonly entries: number }> {
  const entries = checked(access, text)
  if (dryRun) return { entries: entries.length }
  let written = 0
  for (let first = 0; first < entries.length; first += batch) {
    if (signal?.aborted === true) throw stopped('interrupted', 'Interrupted.', written, entries.length)
    try {
      await Promise.all(entries.slice(first, first + batch).map((entry) => access.replace(entry)))
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      throw stopped(error.code, error.message, written, entries.length, error)
    }
    written = Math.min(first + batch, entries.length)
    onProgress?.(written, entries.length)
  }
  return { entries: entries.length }
}

function stopped(
  code: AccessErrorCode,
  reason: string,
  written: number,
  all: number,
  cause?: AccessError,
): AccessError {
  return new AccessError(code, `${reason} The first ${written} of ${all} entries are written.`, {
    value: cause?.value ?? written,
    remedy: 'Run the import again; entries that are already written stay the same.',
    cause,
  })
}

function checked(access: AccessAdmin, text: string): readonly AccessEntry[] {
  const lines = text.split('\n').flatMap((line, index) => (line.trim() === '' ? [] : [{ line, number: index + 1 }]))
  const seen = new Map<string, number>()
  return lines.map(({ line, number }) => {
    const entry = parseEntry(line, number)
    try {
      access.check(entry)
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      const { code, value, remedy } = error
      throw new AccessError(code, `line ${number}: ${error.message}`, { value, remedy })
    }
    const key = keyText(entry.key)
    const before = seen.get(key)
    if (before !== undefined) {
      throw new AccessError('invalid_grants', `line ${number}: ${key} is already in line ${before}`, {
        value: key,
        remedy: 'Put all its grants in one line. Nothing was written.',
      })
    }
    seen.set(key, number)
    return entry
  })
}
