import type { Grants } from '@topic-credentials/grants'
import { isRecord, parseJson } from '@topic-credentials/grants'

/** What the vending function wrote about credentials that it handed out. */
export interface Vend {
  readonly userId: string
  readonly grants: Grants
}

const kept = 2_000

/** Vended credentials by access key ID, and refused vends by request ID, read off the function's log. */
export class Vends {
  readonly #byKey = new Map<string, Vend>()
  readonly #refusals = new Map<string, { readonly userId: string | undefined; readonly reason: string }>()

  /** @param line JSON, one object; other lines are no vend */
  read(line: string): void {
    const entry = parse(line)
    if (entry === undefined) return
    const { outcome, accessKeyId, userId, grants, apiRequestId, reason } = entry
    if (outcome === 'vended' && typeof accessKeyId === 'string' && typeof userId === 'string' && isGrants(grants)) {
      keep(this.#byKey, accessKeyId, { userId, grants })
    } else if (typeof outcome === 'string' && typeof apiRequestId === 'string') {
      const who = typeof userId === 'string' ? userId : undefined
      keep(this.#refusals, apiRequestId, { userId: who, reason: `${outcome}: ${String(reason)}` })
    }
  }

  of(accessKeyId: string): Vend | undefined {
    return this.#byKey.get(accessKeyId)
  }

  /** Why API Gateway's request with this ID got no credentials. */
  refusal(requestId: string) {
    return this.#refusals.get(requestId)
  }
}

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value)
  if (map.size <= kept) return
  const [oldest] = map.keys()
  if (oldest !== undefined) map.delete(oldest)
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(line)
  return isRecord(value) ? value : undefined
}

function isGrants(value: unknown): value is Grants {
  if (typeof value !== 'object' || value === null) return false
  const { publish, subscribe, retain } = value as Partial<Grants>
  return [publish, subscribe, retain].every(Array.isArray)
}
