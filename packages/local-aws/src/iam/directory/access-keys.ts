import type { Clock } from '../../clock.js'
import { NoSuchEntityError } from '../errors.js'
import type { AccessKey, Principal } from '../principal.js'
import { accessKeyId, secretAccessKey, sessionToken } from './identifiers.js'

const hour = 3_600_000
const minute = 60_000

/** All issued key pairs. Temporary ones are never saved. */
export class AccessKeys {
  readonly #clock: Clock
  readonly #longTerm = new Map<string, AccessKey>()
  readonly #temporary = new Map<string, AccessKey>()
  #sweptAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  issueLongTerm(principal: Principal): AccessKey {
    const key = { accessKeyId: accessKeyId('AKIA'), secretAccessKey: secretAccessKey(), principal }
    this.#longTerm.set(key.accessKeyId, key)
    return key
  }

  /** Adds a saved key. */
  restore(key: AccessKey): void {
    this.#longTerm.set(key.accessKeyId, key)
  }

  ofUser(arn: string): AccessKey | undefined {
    return [...this.#longTerm.values()].find(({ principal }) => principal.arn === arn)
  }

  issueTemporary(principal: Principal, durationSeconds: number): AccessKey {
    const now = this.#clock.now()
    this.#forgetExpired(now)
    const key = {
      accessKeyId: accessKeyId('ASIA'),
      secretAccessKey: secretAccessKey(),
      sessionToken: sessionToken(),
      // AWS uses whole seconds.
      expiresAt: Math.floor(now / 1000) * 1000 + durationSeconds * 1000,
      principal,
    }
    this.#temporary.set(key.accessKeyId, key)
    return key
  }

  find(accessKeyId: string): AccessKey | undefined {
    return this.#longTerm.get(accessKeyId) ?? this.#temporary.get(accessKeyId)
  }

  expire(accessKeyId: string): void {
    const key = this.#temporary.get(accessKeyId)
    if (!key) throw new NoSuchEntityError(`There are no temporary credentials with access key ${accessKeyId}.`)
    this.#temporary.set(accessKeyId, { ...key, expiresAt: this.#clock.now() })
  }

  /** Expired keys are kept for another hour, so that their use is answered with "expired" instead of "invalid". */
  #forgetExpired(now: number): void {
    if (now - this.#sweptAt < minute) return
    this.#sweptAt = now
    for (const [id, { expiresAt = 0 }] of this.#temporary) {
      if (expiresAt <= now - hour) this.#temporary.delete(id)
    }
  }
}
