import type { Grants } from '@topic-credentials/grants'
import { parseJson, recordOf } from '@topic-credentials/grants'
import { Ring } from './ring.js'

/** The vending function's log record of issued credentials. */
export interface Vend {
  readonly userId: string
  readonly grants: Grants
}

const kept = 2_000

/** Vended credentials by access key ID, and refused vends by request ID, read off the function's log. */
export class Vends {
  readonly #byKey = new Ring<string, Vend>(kept)
  readonly #refusals = new Ring<string, { readonly userId: string | undefined; readonly reason: string }>(kept)

  /** @param line a line of the log; lines that are not records of the vending function are ignored */
  read(line: string): void {
    const { outcome, accessKeyId, userId, grants, apiRequestId, reason } = recordOf(parseJson(line))
    if (outcome === 'vended' && typeof accessKeyId === 'string' && typeof userId === 'string' && isGrants(grants)) {
      this.#byKey.add(accessKeyId, { userId, grants })
    } else if (typeof outcome === 'string' && typeof apiRequestId === 'string') {
      const who = typeof userId === 'string' ? userId : undefined
      this.#refusals.add(apiRequestId, { userId: who, reason: `${outcome}: ${String(reason)}` })
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

function isGrants(value: unknown): value is Grants {
  if (typeof value !== 'object' || value === null) return false
  const { publish, subscribe, retain } = value as Partial<Grants>
  return [publish, subscribe, retain].every(Array.isArray)
}
