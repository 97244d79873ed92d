import { AccessError } from '../errors.js'
import type { Attributes } from '../item/attributes.js'
import type { Table } from '../table/table.js'

/** Maximum number of cached items. The oldest are evicted first. */
const capacity = 5000

interface Known {
  readonly at: number
  readonly item: Attributes | undefined
}

/**
 * A table that falls back to its last reads, up to `seconds` old, while DynamoDB is unavailable or throttles. Otherwise it always asks
 * DynamoDB. A key that is not in the cache, or too old, is still an error.
 *
 * The cost: access revoked during that time remains in effect. @param clock Milliseconds since the epoch.
 */
export function lastKnown(
  table: Pick<Table, 'read'>,
  seconds: number,
  clock: () => number = Date.now,
): Pick<Table, 'read'> {
  if (seconds === 0) return table
  const known = new Map<string, Known>()
  return {
    async read(keys, signal) {
      const asked = clock()
      try {
        const found = await table.read(keys, signal)
        for (const key of keys) {
          known.delete(key)
          known.set(key, { at: asked, item: found.get(key) })
        }
        for (const [oldest] of known) {
          if (known.size <= capacity) break
          known.delete(oldest)
        }
        return found
      } catch (error) {
        if (!(error instanceof AccessError) || !/^table_(unavailable|throttled)$/u.test(error.code)) throw error
        const entries = keys.map((key) => [key, known.get(key)] as const)
        const fresh = entries.every(([, entry]) => entry !== undefined && asked - entry.at < seconds * 1000)
        if (!fresh) throw error
        return new Map(entries.flatMap(([key, entry]) => (entry?.item === undefined ? [] : [[key, entry.item]])))
      }
    },
  }
}
