// Shared by all contestants of this benchmark: the target, and the time measurement.
import type { VendedIdentity } from '@topic-credentials/client'
import { now } from '../../measure/now.js'

/** The contents of the variable TARGET. */
export interface Target {
  readonly endpoint: string
  readonly port: number
  readonly region: string
  readonly ca: string
  /** Credentials of the user, vended before the program was started. */
  readonly identity: Omit<VendedIdentity, 'expiration'> & { readonly expiration: string }
  /** Unique for each run: a client ID may connect once per second. */
  readonly suffix: string
  /** Where and with which keys to request credentials, for programs that do so. */
  readonly vendor: { readonly url: string; readonly accessKeyId: string; readonly secretAccessKey: string }
}

export const topic = 'test'

/** Times, as returned by `now`. */
export type Moments = Readonly<
  Partial<Record<'begun' | 'imported' | 'vended' | 'connack' | 'suback' | 'message', number>>
>

export const target = JSON.parse(process.env.TARGET ?? '{}') as Target

const moments: Record<string, number> = { begun: now() }

/** Records a moment; only the first call for each counts. */
export function mark(moment: keyof Moments): void {
  moments[moment] ??= now()
}

/** Called when the message has arrived: sends the moments to the parent process and exits. */
export function done(): void {
  mark('message')
  process.send?.(moments, () => process.exit())
}
