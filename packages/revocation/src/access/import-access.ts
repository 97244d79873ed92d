import { AccessError, keyText } from '@topic-credentials/access'
import type { AccessAdmin, AccessEntry } from './access-admin.js'
import { parseEntry } from './entries.js'

export interface ImportOptions {
  /** Checks all lines and writes nothing. */
  readonly dryRun?: boolean | undefined
  /** Told after each batch: how many of the entries are written. */
  readonly onProgress?: ((written: number, all: number) => void) | undefined
}

/** Items that are written at once. */
const batch = 20

/**
 * Replaces what the named users, groups and roles are granted. All lines are checked before the first is written; an import that was
 * interrupted can be repeated.
 *
 * @param text JSON lines, as `export` writes them.
 * @throws AccessError `invalid_grants` or `beyond_ceiling` with the line, and nothing is written; what the table says, with how many are
 *   written by then
 */
export async function importAccess(
  access: AccessAdmin,
  text: string,
  { dryRun = false, onProgress }: ImportOptions = {},
): Promise<{ readonly entries: number }> {
  const entries = checked(access, text)
  if (dryRun) return { entries: entries.length }
  let written = 0
  for (let first = 0; first < entries.length; first += batch) {
    try {
      await Promise.all(entries.slice(first, first + batch).map((entry) => access.replace(entry)))
    } catch (error) {
      if (!(error instanceof AccessError)) throw error
      const message = `${error.message} The first ${written} of ${entries.length} entries are written.`
      throw new AccessError(error.code, message, {
        value: error.value,
        remedy: 'Run the import again: what is written already is not changed by it.',
        cause: error,
      })
    }
    written = Math.min(first + batch, entries.length)
    onProgress?.(written, entries.length)
  }
  return { entries: entries.length }
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
      throw new AccessError('invalid_grants', `line ${number}: ${key} stands in line ${before} already`, {
        value: key,
        remedy: 'Write all its grants into one line. Nothing was written.',
      })
    }
    seen.set(key, number)
    return entry
  })
}
